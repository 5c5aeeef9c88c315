import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOnnxRuntime } from "@anabranch/backend-onnx";
import { openSafetensors } from "@anabranch/checkpoints";
import type { Float32Tensor } from "@anabranch/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type HeldOutMeasure,
  type TrainingMode,
  type TrainOptions,
  type TrainProgress,
  type TrainResult,
  type TrainSettings,
  train,
} from "../src/index.js";
import { checkpointFolder, readCheckpointWeights } from "../src/node.js";
import { countingExamples, otherSpec, tinyAdapter, tinySpec, tinyWeights } from "./tiny-model.js";

const settings: Partial<TrainSettings> = {
  epochs: 2,
  batchRows: 60,
  completionsPerPrompt: 2,
  learningRate: 0.01,
  warmUpSteps: 3,
  streamWeights: 0.5,
  embeddingRate: 2,
  heldOutEvery: 5,
  checkpointEvery: 0,
};
const examples = countingExamples(30);
const heldOut = countingExamples(5, 2);

function options(mode: Exclude<TrainingMode, "pruning">, more: Partial<TrainOptions> = {}): TrainOptions {
  const runtime = createOnnxRuntime({ threads: 1 });
  const adapter = mode === "next-token" ? {} : { adapter: tinyAdapter(mode) };
  return { runtime, mode, weights: tinyWeights(), ...adapter, examples, heldOut, settings, ...more };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-training-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function tensorsOf({ weights, adapter }: TrainResult): [string, number[]][] {
  return [...weights.tensors, ...(adapter?.tensors ?? [])].map(([name, tensor]) => [
    name,
    Array.from((tensor as Float32Tensor).data),
  ]);
}

describe("train", () => {
  it.each(["next-token", "shared"] as const)("learns to count in %s mode", async (mode) => {
    const progress: TrainProgress[] = [];
    const { heldOut: last } = await train(
      options(mode, { settings: { ...settings, epochs: 12 }, onProgress: (each) => progress.push(each) }),
    );
    expect(progress.map(({ step }) => step)).toEqual(progress.map((_, index) => index + 1));
    expect(progress.at(-1)?.step).toBe(progress.at(-1)?.steps);
    const measured = progress.flatMap((each) => each.heldOut ?? []);
    expect(measured.at(-1)).toEqual(last);
    last?.losses.forEach((loss, member) => {
      expect(loss).toBeLessThan((measured[0]?.losses[member] as number) - 1);
    });
    if (mode === "shared") expect(last?.acceptance).toBeGreaterThan(1.5);
  });

  it.each(["next-token", "shared", "lossless"] as const)(
    "teaches a model of another family in %s mode",
    async (mode) => {
      const adapter = mode === "next-token" ? {} : { adapter: tinyAdapter(mode, { spec: otherSpec }) };
      const longer = { ...settings, epochs: 12 };
      const { weights: counting } = await train(
        options("next-token", { weights: tinyWeights(1, otherSpec), settings: longer }),
      );
      expect(counting.spec).toEqual(otherSpec);
      const weights = mode === "lossless" ? counting : tinyWeights(1, otherSpec);
      const measured: HeldOutMeasure[] = [];
      const onProgress = (each: TrainProgress) => measured.push(...(each.heldOut === undefined ? [] : [each.heldOut]));
      await train(options(mode, { weights, ...adapter, settings: longer, onProgress }));
      const [first, last] = [measured[0] as HeldOutMeasure, measured.at(-1) as HeldOutMeasure];
      for (const [member, loss] of last.losses.entries()) {
        expect(loss).toBeLessThan((first.losses[member] as number) - 0.3);
      }
    },
  );

  it("refuses examples that a sliding window cuts", async () => {
    const weights = tinyWeights(1, { ...tinySpec, window: 4 });
    await expect(train(options("next-token", { weights }))).rejects.toMatchObject({
      code: "UNSUPPORTED",
      subject: "window",
    });
  });

  it("teaches streams to a model that can count already", async () => {
    const longer = { ...settings, epochs: 12 };
    const { weights } = await train(options("next-token", { settings: longer }));
    const measured: HeldOutMeasure[] = [];
    const onProgress = (each: TrainProgress) => measured.push(...(each.heldOut === undefined ? [] : [each.heldOut]));
    await train(options("lossless", { weights, settings: longer, onProgress }));
    const [first, last] = [measured[0] as HeldOutMeasure, measured.at(-1) as HeldOutMeasure];
    for (const member of [0, 1]) expect(last.losses[member]).toBeLessThan((first.losses[member] as number) - 0.5);
    expect(last.acceptance).toBeGreaterThan(first.acceptance);
  });

  it("leaves the weights that it was given as they were, and in lossless mode the model too", async () => {
    const given = options("lossless");
    const result = await train(given);
    expect(result.weights.tensors).toEqual(tinyWeights().tensors);
    expect(given.adapter?.tensors).toEqual(tinyAdapter("lossless").tensors);
    for (const [name, { data }] of result.adapter?.tensors ?? []) {
      expect(data, name).not.toEqual(given.adapter?.tensors.get(name)?.data);
    }
  });

  it("changes the adapter only when told so", async () => {
    const result = await train(options("shared", { train: "adapter" }));
    expect(result.weights.tensors).toEqual(tinyWeights().tensors);
    expect(result.adapter?.tensors).not.toEqual(tinyAdapter("shared").tensors);
  });

  it("teaches a LoRA alone the next token, and leaves the model and what is the streams'", async () => {
    const adapter = tinyAdapter("shared");
    const { weights } = await train(options("next-token"));
    const longer = { ...settings, epochs: 12 };
    const measured: HeldOutMeasure[] = [];
    const onProgress = (each: TrainProgress) => measured.push(...(each.heldOut === undefined ? [] : [each.heldOut]));
    const result = await train(options("next-token", { weights, adapter, settings: longer, onProgress }));
    expect(measured.at(-1)?.losses[0]).toBeLessThan((measured[0]?.losses[0] as number) - 0.3);
    expect(result.weights.tensors).toEqual(weights.tensors);
    for (const [name, { data }] of result.adapter?.tensors ?? []) {
      const before = adapter.tensors.get(name)?.data;
      if (/lora_[AB]$/.test(name)) expect(data, name).not.toEqual(before);
      else expect(data, name).toEqual(before);
    }
    await expect(train(options("next-token", { adapter: tinyAdapter("lossless") }))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      subject: "adapter",
    });
  });

  it("teaches streams of shared mode with a draft vocabulary and a Markov head", async () => {
    const markov = { kind: "rnn", rank: 4, tokenScale: 2 } as const;
    const draftVocabulary = Int32Array.from({ length: 25 }, (_, index) => index + 3);
    const adapter = { ...tinyAdapter("shared", { markov }), draftVocabulary };
    const longer = { ...settings, epochs: 12 };
    const { weights } = await train(options("next-token", { settings: longer }));
    const { heldOut: last } = await train(options("shared", { adapter, weights, train: "adapter", settings: longer }));
    // Guesses are places in the draft vocabulary; held against token ids as they are, none would be accepted.
    expect(last?.acceptance).toBeGreaterThan(1.5);
  });

  it.each(["next-token", "shared", "lossless"] as const)(
    "interrupted and resumed equals uninterrupted, bit for bit, in %s mode",
    async (mode) => {
      const uninterrupted = await train(options(mode));
      const checkpoint = checkpointFolder(folder);
      const stop = new AbortController();
      const interrupted = train(
        options(mode, {
          checkpoint,
          signal: stop.signal,
          onProgress: ({ step }) => {
            if (step === 7) stop.abort();
          },
        }),
      );
      await expect(interrupted).rejects.toMatchObject({ code: "ABORTED", message: expect.stringContaining("step 7") });
      const steps: number[] = [];
      const resumed = await train(
        options(mode, { checkpoint, resume: true, onProgress: ({ step }) => steps.push(step) }),
      );
      expect(steps[0]).toBe(8);
      expect(tensorsOf(resumed)).toEqual(tensorsOf(uninterrupted));
      expect(resumed.heldOut).toEqual(uninterrupted.heldOut);
    },
  );

  it("refuses to resume a run with other settings or data, and names the difference", async () => {
    const checkpoint = checkpointFolder(folder);
    await train(options("next-token", { checkpoint }));
    const slower = { ...settings, learningRate: 0.001 };
    await expect(train(options("next-token", { checkpoint, resume: true, settings: slower }))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      subject: "settings.learningRate",
    });
    const others = countingExamples(30, 9);
    await expect(train(options("next-token", { checkpoint, resume: true, examples: others }))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      subject: "examples",
    });
  });

  it("keeps the weights of the best measurement apart from the last ones", async () => {
    const measures: { step: number; loss: number }[] = [];
    const onProgress = ({ step, heldOut: found }: TrainProgress) => {
      if (found !== undefined) measures.push({ step, loss: found.losses.reduce((sum, loss) => sum + loss, 0) });
    };
    // A rate at which the loss goes up and down.
    const rough = { ...settings, learningRate: 0.1, heldOutEvery: 1 };
    const result = await train(
      options("shared", { checkpoint: checkpointFolder(folder), settings: rough, onProgress }),
    );
    expect((await readdir(folder)).sort()).toEqual(["best.safetensors", "last.safetensors"]);
    const best = await openSafetensors(join(folder, "best.safetensors"));
    await best.close();
    const lowest = measures.reduce((low, each) => (each.loss < low.loss ? each : low));
    expect(best.metadata.get("step")).toBe(String(lowest.step));
    const last = await readCheckpointWeights(join(folder, "last.safetensors"));
    expect(new Map([...last].sort())).toEqual(
      new Map([...result.weights.tensors, ...(result.adapter?.tensors ?? [])].sort()),
    );
  });

  it("stops with the step's number when a loss is not finite, and keeps the last good state", async () => {
    const checkpoint = checkpointFolder(folder);
    // A step of this size throws the weights beyond float32.
    const wild = { ...settings, learningRate: 1e30, warmUpSteps: 0, clipNorm: 1e30, checkpointEvery: 1 };
    const failed = train(options("next-token", { checkpoint, settings: wild }));
    await expect(failed).rejects.toMatchObject({ code: "NOT_FINITE", subject: "step 2" });
    expect((await checkpoint.load())?.step).toBe(1);
  });

  it.each([
    ["an empty prompt", { examples: [{ prompt: [], completions: [[1]] }] }, "INVALID_ARGUMENT", "examples[0]"],
    ["an empty completion", { heldOut: [{ prompt: [1], completions: [[1], []] }] }, "INVALID_ARGUMENT", "heldOut[0]"],
    ["no examples", { examples: [] }, "INVALID_ARGUMENT", "examples"],
    ["an unknown token", { examples: [{ prompt: [1], completions: [[31]] }] }, "UNKNOWN_TOKEN", "examples[0]"],
    [
      "a text that is too long",
      { examples: [{ prompt: new Array(64).fill(1), completions: [[1, 2]] }] },
      "CONTEXT_OVERFLOW",
      "examples[0]",
    ],
    ["a setting out of range", { settings: { learningRate: -1 } }, "INVALID_ARGUMENT", "learningRate"],
    ["a setting that is not whole", { settings: { batchRows: 2.5 } }, "INVALID_ARGUMENT", "batchRows"],
    ["stream weights that are not γ", { settings: { streamWeights: [1] } }, "INVALID_ARGUMENT", "streamWeights"],
    [
      "a draft vocabulary of a model that changes",
      { adapter: { ...tinyAdapter("shared"), draftVocabulary: Int32Array.of(1, 2) } },
      "INVALID_ARGUMENT",
      "draftVocabulary",
    ],
    ["an adapter of another mode", { adapter: tinyAdapter("lossless") }, "INVALID_ARGUMENT", "adapter"],
    [
      "a model without a tensor",
      { weights: { spec: tinySpec, tensors: new Map() } },
      "MISSING_TENSOR",
      "model.embed_tokens.weight",
    ],
  ] as const)("refuses %s", async (_, wrong, code, subject) => {
    await expect(train(options("shared", wrong as Partial<TrainOptions>))).rejects.toMatchObject({ code, subject });
  });
});
