import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadModel, openSafetensors } from "@anabranch/checkpoints";
import { modelCases } from "@anabranch/conformance";
import {
  type Backend,
  type BackendModel,
  createReferenceBackend,
  type ModelWeights,
  type RowRead,
  type RowResult,
  type Sequence,
} from "@anabranch/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOnnxBackend } from "../src/index.js";

/** Tiny random models, one folder a family, with what Hugging Face transformers makes of them. */
const shared = process.env["ANABRANCH_SHARED"] ?? fileURLToPath(new URL("../../../../shared", import.meta.url));
const folder = `${shared}/fixtures/families`;
const there = existsSync(folder);
const families = there ? readdirSync(folder) : ["none"];

interface Case {
  readonly ids: readonly number[];
  /** How many of `ids` are the prompt of `greedy`. */
  readonly prompt: number;
  readonly greedy: readonly number[];
}

const backends: Readonly<Record<string, () => Backend>> = {
  reference: createReferenceBackend,
  onnx: () => createOnnxBackend({ threads: 1, weights: "float32" }),
};

/** Passes and commits tokens as a chain. */
async function extend(model: BackendModel, sequence: Sequence, tokens: readonly number[], read: RowRead) {
  const rows = tokens.map((token, index) => ({ token, parent: index - 1, read }));
  const [result] = await model.pass([{ sequence, rows }]);
  await model.commit([{ sequence, path: rows.map((_, index) => index) }]);
  return result?.rows as readonly RowResult[];
}

async function greedyTokens(model: BackendModel, prompt: readonly number[], count: number): Promise<number[]> {
  const sequence = await model.createSequence();
  const tokens: number[] = [];
  for (let next = prompt; tokens.length < count; next = tokens.slice(-1)) {
    tokens.push((await extend(model, sequence, next, { argmax: true })).at(-1)?.argmax as number);
  }
  await sequence.dispose();
  return tokens;
}

async function expectedLogits(family: string): Promise<Float32Array> {
  const file = await openSafetensors(`${folder}/${family}/expected.safetensors`);
  const logits = await file.read("logits");
  await file.close();
  return logits as Float32Array;
}

describe.skipIf(!there).each(families)(`%s${there ? "" : ` (skipped: ${folder} is not there)`}`, (family) => {
  let weights: ModelWeights;
  let given: Case;
  let logits: Float32Array;
  beforeAll(async () => {
    const loaded = await loadModel(`${folder}/${family}`);
    expect(loaded.warnings).toEqual([]);
    weights = loaded.weights;
    given = JSON.parse(readFileSync(`${folder}/${family}/case.json`, "utf8"));
    logits = await expectedLogits(family);
  });

  describe.each(Object.keys(backends))("on the %s backend", (name) => {
    let model: BackendModel;
    beforeAll(async () => {
      model = await (backends[name] as () => Backend)().load(weights);
    });
    afterAll(() => model?.dispose());

    it("has the logits of transformers within 2e-4", async () => {
      const rows = await extend(model, await model.createSequence(), given.ids, { logits: true });
      const found = rows.flatMap((row) => [...(row.logits as Float32Array)]);
      expect(found).toHaveLength(logits.length);
      const worst = found.reduce((most, value, at) => Math.max(most, Math.abs(value - (logits[at] as number))), 0);
      expect(worst).toBeLessThan(2e-4);
    });

    it("goes on with the tokens of transformers", async () => {
      const prompt = given.ids.slice(0, given.prompt);
      expect(await greedyTokens(model, prompt, given.greedy.length)).toEqual(given.greedy);
    });
  });

  it.each([0, 1, 2])("runs streams on ONNX as on the reference (case %i)", async (index) => {
    const backend = (backends.onnx as () => Backend)();
    await modelCases(weights, { runs: 3 })[index]?.run(backend);
  });
});
