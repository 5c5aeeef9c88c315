import { createOnnxRuntime } from "@anabranch/backend-onnx";
import { type GraphRuntime, type MarkovSpec, referenceRuntime } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import type { TrainingExample, TrainingMode } from "../src/index.js";
import { GradientStep } from "../src/train/gradient-step.js";
import type { LosslessOptions } from "../src/train/lossless.js";
import { objectiveOf } from "../src/train/objective-of.js";
import { defaultSettings } from "../src/train/settings.js";
import { relativeDistance } from "./streams-tiny.js";
import { countingExamples, tinyAdapter, tinySpec, tinyWeights } from "./tiny-model.js";

const modes: readonly Exclude<TrainingMode, "pruning">[] = ["next-token", "shared", "lossless"];

interface StepOptions extends LosslessOptions {
  readonly draftVocabulary?: Int32Array;
  readonly sampledTokens?: number;
  readonly runtime?: GraphRuntime;
  readonly segmentRows?: number;
  readonly markov?: MarkovSpec;
  /** Shared mode: whether the model stays as it is. A draft vocabulary wants that. */
  readonly frozen?: boolean;
}

/** Loss and gradients of one step over the examples, as one batch. */
async function stepOver(
  mode: Exclude<TrainingMode, "pruning">,
  examples: readonly TrainingExample[],
  {
    runtime = referenceRuntime,
    segmentRows,
    draftVocabulary,
    sampledTokens = 0,
    markov,
    frozen = false,
    ...lossless
  }: StepOptions = {},
) {
  const vocabulary = draftVocabulary === undefined ? {} : { draftVocabulary };
  const adapter = mode === "next-token" ? {} : { adapter: { ...tinyAdapter(mode, { markov }), ...vocabulary } };
  const train = draftVocabulary === undefined && !frozen ? "all" : "adapter";
  const subject = { mode, weights: tinyWeights(), ...adapter, train, lossless } as const;
  const settings = { ...defaultSettings, sampledTokens, ...(segmentRows === undefined ? {} : { segmentRows }) };
  const objective = await objectiveOf(runtime, subject, settings, examples);
  const step = await GradientStep.compile(runtime, objective);
  const batches = await objective.batches(examples);
  const result = await step.run(batches);
  const runs = batches[0]?.segments?.segments.length ?? batches.length;
  return { ...result, runs, gradients: step.gradients };
}

type Step = Awaited<ReturnType<typeof stepOver>>;

function expectSame(found: Step, expected: Step): void {
  expect(found.loss).toBeCloseTo(expected.loss, 4);
  expect(relativeDistance(found.losses, expected.losses)).toBeLessThan(1e-5);
  for (const [name, gradient] of expected.gradients) {
    expect(relativeDistance(found.gradients.get(name) as Float32Array, gradient), name).toBeLessThan(1e-4);
  }
}

/** One example a completion. */
function apart(examples: readonly TrainingExample[]): TrainingExample[] {
  return examples.flatMap(({ prompt, completions }) =>
    completions.map((completion) => ({ prompt, completions: [completion] })),
  );
}

describe("a batch of forests", () => {
  const examples: TrainingExample[] = [
    { prompt: [3, 4, 5], completions: [[6, 7, 8, 9], [6, 1], [2]] },
    { prompt: [11], completions: [[12, 13, 14]] },
    ...countingExamples(2),
  ];

  it.each(modes)("has the gradients of the sequences that it is made of (%s)", async (mode) => {
    expectSame(await stepOver(mode, examples), await stepOver(mode, apart(examples)));
  });

  it.each(modes)("has the mean of its sequences' losses, padding or not (%s)", async (mode) => {
    const alone = await Promise.all(apart(examples).map((example) => stepOver(mode, [example])));
    const { losses } = await stepOver(mode, examples);
    const rows = apart(examples).map(({ completions }) => completions[0]?.length as number);
    losses.forEach((loss, member) => {
      // Stream j has a target beside all rows of a completion but the last j.
      const targets = rows.map((length) => Math.max(0, length - member - (mode === "lossless" ? 1 : 0)));
      const total = targets.reduce((sum, count, index) => {
        return count === 0 ? sum : sum + count * (alone[index]?.losses[member] as number);
      }, 0);
      expect(loss).toBeCloseTo(total / targets.reduce((sum, count) => sum + count, 0), 5);
    });
  });
});

describe("lossless streams", () => {
  const examples = countingExamples(4);

  it("have the same gradients when the softmax is over all tokens as a draft vocabulary", async () => {
    const draftVocabulary = Int32Array.from({ length: tinySpec.vocabularySize }, (_, token) => token);
    expectSame(await stepOver("lossless", examples, { draftVocabulary }), await stepOver("lossless", examples));
  });

  it("leave targets outside the draft vocabulary out", async () => {
    const known = new Set(examples.flatMap(({ completions }) => completions.flatMap((ids) => Array.from(ids))));
    const missing = [...known][0] as number;
    const draftVocabulary = Int32Array.from([...known].filter((token) => token !== missing)).sort();
    const { loss, losses } = await stepOver("lossless", examples, { draftVocabulary });
    expect(Number.isFinite(loss)).toBe(true);
    // Fewer tokens to choose from: the untrained model's loss is about the logarithm of their number.
    for (const each of losses) expect(each).toBeLessThan(Math.log(tinySpec.vocabularySize));
  });

  it("have the same gradients when the sampled tokens are all tokens, and nearly the same loss when they are half", async () => {
    const draftVocabulary = Int32Array.from({ length: tinySpec.vocabularySize }, (_, token) => token);
    const whole = await stepOver("lossless", examples, { draftVocabulary });
    const size = tinySpec.vocabularySize;
    expectSame(await stepOver("lossless", examples, { draftVocabulary, sampledTokens: size }), whole);
    const half = await stepOver("lossless", examples, { draftVocabulary, sampledTokens: Math.ceil(size / 2) });
    half.losses.forEach((loss, stream) => {
      expect(loss).not.toBe(whole.losses[stream]);
      expect(Math.abs(loss - (whole.losses[stream] as number))).toBeLessThan(0.3);
    });
  });

  it("have the same gradients in slices", async () => {
    const sliced = await stepOver("lossless", examples, { sliceRows: 9 });
    expect(sliced.runs).toBeGreaterThan(2);
    expectSame(sliced, await stepOver("lossless", examples));
  });

  it.each([
    ["twice", [1, 2, 2]],
    ["out of order", [2, 1]],
    ["that the model has not", [1, tinySpec.vocabularySize]],
  ])("refuse a draft vocabulary that names a token %s", async (_, tokens) => {
    const options = { draftVocabulary: Int32Array.from(tokens) };
    await expect(stepOver("lossless", examples, options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe("streams of shared mode", () => {
  const examples = countingExamples(4);
  const markov = { kind: "rnn", rank: 3, tokenScale: 2 } as const;

  it("have the same gradients when their softmax is over all tokens as a draft vocabulary", async () => {
    const draftVocabulary = Int32Array.from({ length: tinySpec.vocabularySize }, (_, token) => token);
    const whole = await stepOver("shared", examples, { frozen: true });
    expectSame(await stepOver("shared", examples, { draftVocabulary }), whole);
  });

  it("leave targets outside the draft vocabulary out, and the main stream's where they are", async () => {
    const known = new Set(examples.flatMap(({ completions }) => completions.flatMap((ids) => Array.from(ids))));
    const draftVocabulary = Int32Array.from([...known].slice(0, 5)).sort();
    const few = await stepOver("shared", examples, { draftVocabulary });
    const all = await stepOver("shared", examples);
    expect(few.losses[0]).toBeCloseTo(all.losses[0] as number, 6);
    for (const loss of few.losses.slice(1)) expect(loss).toBeLessThan(Math.log(8));
    expectSame(await stepOver("shared", examples, { draftVocabulary, segmentRows: 8 }), few);
  });

  it("have a Markov head, with the same gradients whole and in segments", async () => {
    const whole = await stepOver("shared", examples, { markov });
    const norm = (name: string) => Math.hypot(...(whole.gradients.get(name) ?? []));
    for (const name of ["streams.markov_a", "streams.markov_r", "streams.markov_b.2"])
      expect(norm(name)).toBeGreaterThan(0);
    expectSame(await stepOver("shared", examples, { markov, segmentRows: 8 }), whole);
    expectSame(await stepOver("shared", apart(examples), { markov }), whole);
    expect(whole.losses[1]).not.toBeCloseTo((await stepOver("shared", examples)).losses[1] as number, 4);
  });
});

describe("segments of shared mode", () => {
  // Branches that begin, end and continue at every place of a segment, prompts of different lengths, and none at all.
  const examples: TrainingExample[] = [
    {
      prompt: [3, 4, 5, 6],
      completions: [
        [7, 8, 9, 10, 11, 12, 13],
        [6, 1],
        [2, 3, 4, 5, 6],
      ],
    },
    { prompt: [11], completions: [[12, 13, 14, 15, 16, 17, 18, 19, 20]] },
    ...countingExamples(2),
  ];

  it.each([1, 8, 20, 50])("have the gradients of the whole, %i rows at a time", async (segmentRows) => {
    const segmented = await stepOver("shared", examples, { segmentRows });
    expect(segmented.runs).toBeGreaterThan(1);
    expectSame(segmented, await stepOver("shared", examples));
  });

  it("have them on ONNX Runtime too", async () => {
    const runtime = createOnnxRuntime({ threads: 1 });
    const segmented = await stepOver("shared", examples, { segmentRows: 8, runtime });
    expectSame(segmented, await stepOver("shared", examples, { runtime }));
  });
});
