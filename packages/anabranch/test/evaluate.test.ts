import { join } from "node:path";
import { saveModel } from "@anabranch/checkpoints";
import {
  type Backend,
  type BackendModel,
  createReferenceBackend,
  type Float32Tensor,
  type PassRequest,
  type PassResult,
  parameterNames,
} from "@anabranch/core";
import { beforeAll, describe, expect, it } from "vitest";
import { evaluate } from "../src/evaluate/evaluate.js";
import { load } from "../src/index.js";
import { e2eTask } from "../src/tasks/e2e.js";
import { mtBenchTask } from "../src/tasks/mt-bench.js";
import type { Task } from "../src/tasks/task.js";
import { writeChatTemplate } from "./support/chat-template.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyAdapter, saveTinyModel } from "./support/tiny-model.js";

const examples = ["name[The Mill]", "area[riverside]"].map((prompt) => ({ prompt, references: ["The Mill."] }));
const settings = { task: e2eTask, split: "dev", streams: "deferred", nodes: 8, maxTokens: 10, rounds: 1 } as const;

/** A backend with a fault: beside other rows of a verify pass, a row takes the neighbour of its best token. */
function faulty(backend: Backend): Backend {
  const wrong = ({ sequence, rows }: PassRequest, result: PassResult): PassResult => {
    if (sequence.length === 0 || rows.length === 1) return result;
    return { rows: result.rows.map((row) => ({ ...row, argmax: (row.argmax ?? 0) ^ 1 })) };
  };
  const wrap = (model: BackendModel): BackendModel =>
    new Proxy(model, {
      get(target, key) {
        if (key !== "pass") {
          const value = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        }
        return async (requests: readonly PassRequest[]) => {
          const results = await target.pass(requests);
          return requests.map((request, index) => wrong(request, results[index] as PassResult));
        };
      },
    });
  return { ...backend, load: async (weights, options) => wrap(await backend.load(weights, options)) };
}

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});

async function measure(name: string, backend: Backend, { twins = false } = {}) {
  const [model, adapter] = [join(folder, name), join(folder, `${name}-adapter`)];
  const weights = await saveTinyModel(model);
  if (twins) {
    // Tokens 2i and 2i + 1 share their row of the head, so that the best two logits are always equal.
    const { data, shape } = weights.tensors.get(parameterNames.head) as Float32Tensor;
    const width = shape[1] as number;
    for (let row = 1; row < (shape[0] as number); row += 2)
      data.copyWithin(row * width, (row - 1) * width, row * width);
    await saveModel(model, weights, { format: "f32" });
  }
  await saveTinyAdapter(adapter, weights, "lossless");
  const loaded = await load(model, { adapter, backend });
  const report = await evaluate(loaded, examples, settings);
  await loaded.dispose();
  return report;
}

describe("evaluate", () => {
  it("finds no difference on a backend without fault", async () => {
    const report = await measure("right", createReferenceBackend());
    expect(report).toMatchObject({
      examples: 2,
      tokens: 20,
      differingSequences: 0,
      nearTies: [],
      clearDifferences: [],
    });
    expect(report.plain).toMatchObject({ rouge1: report.rouge1, rougeLsum: report.rougeLsum });
  });

  it("counts sequences that differ, and tells clear differences", async () => {
    const report = await measure("wrong", faulty(createReferenceBackend()));
    expect([report.differingSequences, report.nearTies.length, report.clearDifferences.length]).toEqual([2, 0, 2]);
    for (const { gap } of report.clearDifferences) expect(gap).toBeGreaterThan(1e-3);
  });

  it("tells near-ties", async () => {
    const report = await measure("twins", faulty(createReferenceBackend()), { twins: true });
    expect([report.differingSequences, report.nearTies.length, report.clearDifferences.length]).toEqual([2, 2, 0]);
    for (const { gap, plain, other } of report.nearTies) {
      expect(gap).toBeLessThan(1e-3);
      expect(other).toBe((plain as number) ^ 1);
    }
  });

  it("asks the task how good texts are, of both sides, and reports how it measured", async () => {
    const loaded = await load(join(folder, "right"), { backend: createReferenceBackend() });
    const seen: (readonly string[])[] = [];
    const task: Task = {
      ...e2eTask,
      scoring: { executionSeeds: 3 },
      score: async (answers, given) => {
        expect(given).toBe(examples);
        seen.push(answers);
        return { exactMatch: 12, executionMatch: 34, executionJudged: 2 };
      },
    };
    const report = await evaluate(loaded, examples, { ...settings, task });
    expect(report).toMatchObject({
      exactMatch: 12,
      executionMatch: 34,
      executionJudged: 2,
      plain: { exactMatch: 12, executionMatch: 34 },
      settings: { executionSeeds: 3 },
    });
    expect(report).not.toHaveProperty("rouge1");
    expect(seen).toHaveLength(2);
    for (const answers of seen) for (const answer of answers) expect(answer).not.toContain("<|");
    await loaded.dispose();
  });

  it("refuses chat prompts for a model without a chat template, and frames them where there is one", async () => {
    const chat = join(folder, "chat");
    await saveTinyModel(chat);
    const before = await load(chat, { backend: createReferenceBackend() });
    const asked = { ...settings, task: mtBenchTask, maxTokens: 4 };
    await expect(evaluate(before, examples, asked)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      subject: "chatTemplate",
    });
    await before.dispose();
    await writeChatTemplate(chat);
    const after = await load(chat, { backend: createReferenceBackend() });
    expect(await evaluate(after, examples, asked)).toMatchObject({
      examples: 2,
      tokens: 8,
      settings: { task: "mtbench" },
    });
    await after.dispose();
  });

  it("stops when its signal fires", async () => {
    const model = join(folder, "right");
    const loaded = await load(model, { backend: createReferenceBackend() });
    const run = evaluate(loaded, examples, { ...settings, signal: AbortSignal.timeout(1) });
    await expect(run).rejects.toMatchObject({ code: "ABORTED" });
    await loaded.dispose();
  });
});
