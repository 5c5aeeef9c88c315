import { createOnnxRuntime } from "@anabranch/backend-onnx";
import {
  type Adapter,
  createReferenceBackend,
  type ModelWeights,
  parameterNames,
  type StreamMode,
} from "@anabranch/core";
import { beforeAll, describe, expect, it } from "vitest";
import { type HeldOutMeasure, initialAdapter, type TrainOptions, train } from "../src/index.js";
import { countingExamples, tinyAdapter, tinySpec, tinyWeights } from "./tiny-model.js";

const runtime = createOnnxRuntime({ threads: 1 });
const examples = countingExamples(30);
const heldOut = countingExamples(5, 2);
const settings = { epochs: 6, batchRows: 60, learningRate: 0.01, warmUpSteps: 3, heldOutEvery: 1, checkpointEvery: 0 };

/** The tiny adapter with a pruning adapter that does nothing yet. */
function pruningAdapter(mode: StreamMode): Adapter {
  const tiny = tinyAdapter(mode);
  const streams = { ...tiny.streams, pruning: { rank: 4, threshold: 0.1 } };
  return { ...tiny, streams, tensors: new Map([...initialAdapter(tinySpec, streams, 1), ...tiny.tensors]) };
}

/** A model that counts, so that its early layers know what to pass on. */
let counting: ModelWeights;
beforeAll(async () => {
  const longer = { ...settings, epochs: 12 };
  ({ weights: counting } = await train({
    runtime,
    mode: "next-token",
    weights: tinyWeights(),
    examples,
    settings: longer,
  }));
});

async function trainPruning(adapter: Adapter, more: Partial<TrainOptions> = {}) {
  const measured: HeldOutMeasure[] = [];
  const result = await train({
    ...{ runtime, mode: "pruning", weights: counting, adapter, examples, heldOut, settings },
    onProgress: ({ heldOut: found }) => void (found && measured.push(found)),
    ...more,
  });
  return { measured, adapter: result.adapter as Adapter, weights: result.weights };
}

const loss = (measure: HeldOutMeasure | undefined): number => measure?.losses[0] as number;

describe("training a pruning adapter", () => {
  it.each(["shared", "lossless"] as const)(
    "lowers the loss at the early exit, and changes nothing else, in %s mode",
    async (mode) => {
      const given = pruningAdapter(mode);
      const { measured, adapter, weights } = await trainPruning(given);
      expect(loss(measured.at(-1))).toBeLessThan(0.8 * loss(measured[0]));
      expect(weights.tensors).toEqual(counting.tensors);
      for (const [name, { data }] of adapter.tensors) {
        const before = given.tensors.get(name)?.data;
        if (name === parameterNames.pruneDown || name === parameterNames.pruneUp)
          expect(data, name).not.toEqual(before);
        else expect(data, name).toEqual(before);
      }
    },
  );

  it("tells right children from wrong ones", async () => {
    const { adapter } = await trainPruning(pruningAdapter("lossless"), { settings: { ...settings, epochs: 20 } });
    const model = await createReferenceBackend().load(counting);
    const sequence = await model.createSequence({ adapter: await model.attach(adapter) });
    const wrong: number[] = [];
    const right: number[] = [];
    for (let token = 0; token < 25; token++) {
      const rows = [token, (token + 1) % 31, (token + 7) % 31].map((each, row) => ({
        token: each,
        parent: row === 0 ? -1 : 0,
      }));
      const [result] = await model.pass([{ sequence, rows, pruning: { threshold: 0.1 } }]);
      (result?.rows[1]?.survived === true ? right : []).push(token);
      (result?.rows[2]?.survived === true ? wrong : []).push(token);
    }
    expect(right.length).toBeGreaterThan(20);
    expect(wrong.length).toBeLessThan(5);
  });

  it("takes states that are known, and gives the same", async () => {
    const computed = await trainPruning(pruningAdapter("lossless"));
    const states = new Map<ArrayLike<number>, Float32Array>();
    const kept: Float32Array[] = [];
    const store = {
      put: async (data: Float32Array) => kept.push(data) - 1,
      get: async (handle: number) => kept[handle] as Float32Array,
      dispose: async () => {},
    };
    await trainPruning(pruningAdapter("lossless"), { lossless: { states: store } });
    let at = 0;
    const size = tinySpec.hiddenSize;
    // Kept in the order in which completions were first met; their lengths tell which is whose.
    const known = {
      of: async (prompt: ArrayLike<number>, completion: ArrayLike<number>) => {
        const own = states.get(completion) ?? (kept[at++] as Float32Array);
        states.set(completion, own);
        const whole = new Float32Array((prompt.length - 1 + completion.length) * size);
        whole.set(own, (prompt.length - 1) * size);
        return whole;
      },
    };
    const given = await trainPruning(pruningAdapter("lossless"), { lossless: { known, sliceRows: 7 } });
    expect(loss(given.measured.at(-1))).toBeCloseTo(loss(computed.measured.at(-1)), 4);
  });

  it("is over the draft vocabulary where there is one", async () => {
    const draftVocabulary = Int32Array.from({ length: 16 }, (_, place) => 2 * place);
    const { measured } = await trainPruning({ ...pruningAdapter("lossless"), draftVocabulary });
    // A softmax over 16 tokens: ignorance would cost log 16.
    expect(loss(measured[0])).toBeLessThan(Math.log(16));
    expect(loss(measured.at(-1))).toBeLessThan(0.8 * loss(measured[0]));
  });

  it("is refused without one, and leaves it alone when streams learn", async () => {
    await expect(trainPruning(tinyAdapter("lossless"))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      subject: "adapter",
    });
    const given = pruningAdapter("lossless");
    const { adapter } = await trainPruning(given, { mode: "lossless", settings: { ...settings, epochs: 1 } });
    expect(adapter.tensors.get(parameterNames.pruneDown)).toEqual(given.tensors.get(parameterNames.pruneDown));
  });
});

describe("value rotation", () => {
  it.each(["shared", "lossless"] as const)("lets streams learn without embeddings in %s mode", async (mode) => {
    const tiny = tinyAdapter(mode);
    const streams = { ...tiny.streams, valueRotation: 0.4 };
    const adapter = { ...tiny, streams, tensors: initialAdapter(tinySpec, streams, 1) };
    expect(adapter.tensors.has(parameterNames.streamEmbedding)).toBe(false);
    const longer = { ...settings, epochs: 12, streamWeights: 0.5 };
    const options = { mode, train: "adapter", settings: longer } as const;
    const { measured } = await trainPruning(adapter, options);
    for (const [member, value] of (measured.at(-1) as HeldOutMeasure).losses.entries()) {
      if (mode === "shared" && member === 0) continue;
      expect(value).toBeLessThan((measured[0]?.losses[member] as number) - 0.1);
    }
    if (mode === "lossless") return;
    // Segments give the same gradients: which stream a row is, they are told too.
    const short = { ...longer, steps: 2 };
    const whole = await trainPruning(adapter, { ...options, settings: short });
    const inSegments = await trainPruning(adapter, { ...options, settings: { ...short, segmentRows: 8 } });
    whole.measured.at(-1)?.losses.forEach((value, member) => {
      expect(inSegments.measured.at(-1)?.losses[member]).toBeCloseTo(value, 4);
    });
  });
});
