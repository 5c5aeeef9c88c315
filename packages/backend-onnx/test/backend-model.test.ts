import {
  type Adapter,
  AnabranchError,
  adapterParameterShapes,
  type BackendModel,
  type Float32Tensor,
  type GraphRuntime,
  type ModelSpec,
  type ModelWeights,
  type PassRow,
  referenceRuntime,
  type Sequence,
  type StreamSpec,
} from "@anabranch/core";
import { createGraphBackend } from "@anabranch/graph-backend";
import { describe, expect, it } from "vitest";
import { createOnnxBackend } from "../src/index.js";
import { randomWeights, smallSpec } from "./lowering/small-model.js";

const spec: ModelSpec = { ...smallSpec, tiedHead: false, vocabularySize: 40 };
const streams: StreamSpec = { mode: "lossless", gamma: 2, msaLayers: 1 };
const weightFormats = ["f32", "int8-block"] as const;

function weightsOf(seed = 1): ModelWeights {
  return { spec, tensors: randomWeights(spec, undefined, seed) };
}

function losslessAdapter(seed = 2): Adapter {
  const names = adapterParameterShapes(spec, streams);
  const tensors = [...randomWeights(spec, streams, seed)].filter(([name]) => names.has(name));
  return { streams, tensors: new Map(tensors as [string, Float32Tensor][]) };
}

const chain = (tokens: readonly number[], read: PassRow["read"] = {}): PassRow[] =>
  tokens.map((token, row) => ({ token, parent: row - 1, read }));

async function feed(model: BackendModel, sequence: Sequence, tokens: readonly number[]): Promise<void> {
  await model.pass([{ sequence, rows: chain(tokens) }]);
  await model.commit([{ sequence, path: tokens.map((_, row) => row) }]);
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return AnabranchError.isInstance(error) ? error.code : `not ours: ${error}`;
  }
}

describe("a model on ONNX Runtime", () => {
  it("names rows that are not finite, and keeps them from spoiling other sequences", async () => {
    const weights = weightsOf();
    const embedding = weights.tensors.get("model.embed_tokens.weight")?.data as Float32Array;
    embedding.fill(Number.NaN, 5 * spec.hiddenSize, 6 * spec.hiddenSize);
    const model = await createOnnxBackend({ threads: 1 }).load(weights);
    const [bad, good] = [await model.createSequence(), await model.createSequence()];
    expect(await codeOf(model.pass([{ sequence: bad, rows: chain([1, 5], { argmax: true }) }]))).toBe("NOT_FINITE");
    await model.pass([{ sequence: bad, rows: chain([1, 5]) }]);
    expect(await codeOf(model.commit([{ sequence: bad, path: [0, 1] }]))).toBe("NOT_FINITE");
    expect(bad.length).toBe(0);
    await feed(model, good, [1, 2, 3]);
    const [result] = await model.pass([{ sequence: good, rows: chain([4], { logits: true }) }]);
    expect(result?.rows[0]?.logits?.every(Number.isFinite)).toBe(true);
    await model.dispose();
  });

  it("gives a lossless sequence the base model's bits, before and after others are attached", async () => {
    const model = await createOnnxBackend({ threads: 1 }).load(weightsOf());
    const read = { logits: true };
    const logitsOf = async (sequence: Sequence): Promise<number[]> => {
      await feed(model, sequence, [1, 2, 3]);
      const [result] = await model.pass([{ sequence, rows: chain([7, 8], read) }]);
      await sequence.dispose();
      return [...(result?.rows[1]?.logits ?? [])];
    };
    const before = await logitsOf(await model.createSequence());
    const adapter = await model.attach(losslessAdapter());
    expect(await logitsOf(await model.createSequence({ adapter }))).toEqual(before);
    expect(await logitsOf(await model.createSequence())).toEqual(before);
    await model.dispose();
  });

  it("drafts wider trees than were computed with the streams", async () => {
    const model = await createOnnxBackend({ threads: 1 }).load(weightsOf());
    const adapter = await model.attach(losslessAdapter());
    const sequence = await model.createSequence({ adapter });
    const limit = { nodes: 30, topK: 30, depth: 1 };
    const draft = async () => (await model.draft([{ sequence, bonus: 0, limit }]))[0];
    await feed(model, sequence, [1, 2, 3]);
    await model.streams([{ sequence }]);
    const narrow = (await model.draft([{ sequence, bonus: 0, limit: { nodes: 4, topK: 4, depth: 1 } }]))[0];
    const wide = await draft();
    expect(wide?.tokens).toHaveLength(30);
    expect(wide?.tokens.slice(0, 4)).toEqual(narrow?.tokens);
    await model.streams([{ sequence }]);
    expect((await draft())?.tokens).toEqual(wide?.tokens);
    await model.dispose();
  });

  it("refuses what belongs to another model", async () => {
    const backend = createOnnxBackend({ threads: 1 });
    const [ours, theirs] = [await backend.load(weightsOf()), await backend.load(weightsOf())];
    const sequence = await theirs.createSequence();
    const adapter = await theirs.attach(losslessAdapter());
    expect(await codeOf(ours.pass([{ sequence, rows: chain([1]) }]))).toBe("INVALID_ARGUMENT");
    expect(await codeOf(ours.commit([{ sequence, path: [] }]))).toBe("INVALID_ARGUMENT");
    expect(await codeOf(ours.createSequence({ adapter }))).toBe("INVALID_ARGUMENT");
    await ours.dispose();
    expect(await codeOf(theirs.pass([{ sequence, rows: chain([1]) }]))).toBeUndefined();
    await theirs.dispose();
  });

  it("holds no more tokens than maxSlots, all sequences together", async () => {
    const model = await createOnnxBackend({ threads: 1, maxSlots: 5 }).load(weightsOf());
    const [a, b] = [await model.createSequence(), await model.createSequence()];
    await feed(model, a, [1, 2, 3]);
    await model.pass([{ sequence: b, rows: chain([1, 2, 3]) }]);
    expect(await codeOf(model.commit([{ sequence: b, path: [0, 1, 2] }]))).toBe("CONTEXT_OVERFLOW");
    await a.dispose();
    await model.commit([{ sequence: b, path: [0, 1, 2] }]);
    expect(b.length).toBe(3);
    await model.dispose();
  });

  it.each(["maxRows", "maxSequences", "maxSlots"])("refuses a %s of 0", (name) => {
    expect(() => createOnnxBackend({ [name]: 0 })).toThrow(name);
  });
});

it("reports a runtime that fails, and goes on once it no longer does", async () => {
  let broken = true;
  const runtime: GraphRuntime = {
    name: "broken",
    async compile(graph, options) {
      if (broken) throw new RangeError("out of something");
      return referenceRuntime.compile(graph, options);
    },
  };
  const model = await createGraphBackend({ name: "broken", runtime, weightFormats }).load(weightsOf());
  const sequence = await model.createSequence();
  expect(await codeOf(model.pass([{ sequence, rows: chain([1]) }]))).toBe("BACKEND_FAILED");
  broken = false;
  expect(await codeOf(model.pass([{ sequence, rows: chain([1]) }]))).toBeUndefined();
});
