import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSampling, type SamplingOptions, TargetDistribution } from "../../src/index.js";
import { byDefinition } from "../support/sampling/plain-definition.js";

/** Few different values, so that many are equal; none so near another that only the exponential makes them equal. */
const logit = fc.integer({ min: -64, max: 64 }).map((eighths) => eighths / 8);
const bias = fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), fc.integer({ min: -4, max: 4 }));

const cases = fc.array(logit, { minLength: 1, maxLength: 30 }).chain((logits) => {
  const token = fc.nat(logits.length - 1);
  return fc.record({
    logits: fc.constant(Float32Array.from(logits)),
    text: fc.array(token, { maxLength: 6 }),
    path: fc.array(token, { maxLength: 4 }),
    options: fc.record(
      {
        temperature: fc.constantFrom(0, 0.3, 1, 2),
        topK: fc.integer({ min: 1, max: 32 }),
        // Not where sums of equal shares end, which rounding decides.
        topP: fc.constantFrom(0.0511, 0.5037, 0.9071, 1),
        minP: fc.constantFrom(0, 0.1, 0.5, 1),
        repetitionPenalty: fc.constantFrom(0.5, 1, 1.3),
        logitBias: fc.dictionary(fc.nat(logits.length - 1).map(String), bias, { maxKeys: logits.length - 1 }),
      },
      { requiredKeys: [] },
    ),
  });
});

describe("TargetDistribution", () => {
  it("is what the definitions say, whatever the options, with the path as text", () => {
    fc.assert(
      fc.property(cases, ({ logits, text, path, options }) => {
        const targets = new TargetDistribution(options as SamplingOptions, logits.length);
        for (const token of text) targets.see(token);
        const expected = byDefinition([...logits], [...text, ...path], options as SamplingOptions);
        const actual = [...targets.of(logits, path)];
        for (const [token, probability] of expected.entries()) expect(actual[token]).toBeCloseTo(probability, 12);
        expect(actual.map((probability) => probability > 0)).toEqual(expected.map((probability) => probability > 0));
        // A path is forgotten.
        expect([...targets.of(logits, path)]).toEqual(actual);
      }),
      { numRuns: 2000 },
    );
  });

  it("divides and multiplies logits as the penalty's paper has it", () => {
    const targets = new TargetDistribution({ repetitionPenalty: 2 }, 3);
    targets.see(0);
    targets.see(0);
    targets.see(1);
    const [a, b, c] = targets.of(Float32Array.of(2, -1, 0)) as unknown as [number, number, number];
    expect(Math.log(a / c)).toBeCloseTo(1, 12);
    expect(Math.log(b / c)).toBeCloseTo(-2, 12);
  });

  it("keeps the fewest tokens that reach topP, and at least one", () => {
    const logits = Float32Array.from([0.5, 0.3, 0.15, 0.05].map(Math.log));
    const kept = (topP: number) => {
      const targets = new TargetDistribution({ topP }, logits.length);
      return [...targets.of(logits)].filter((probability) => probability > 0).length;
    };
    expect([1e-17, 0.01, 0.49, 0.51, 0.79, 0.81, 0.96, 1].map(kept)).toEqual([1, 1, 1, 2, 2, 3, 4, 4]);
  });

  it("takes the temperature's ends", () => {
    const logits = Float32Array.of(1, 1 + 1e-6, -1);
    expect([...new TargetDistribution({ temperature: 1e-300 }, 3).of(logits)]).toEqual([0, 1, 0]);
    const flat = [...new TargetDistribution({ temperature: 1e300 }, 3).of(logits)];
    for (const probability of flat) expect(probability).toBeCloseTo(1 / 3, 12);
  });

  it("refuses biases that forbid every token", () => {
    const all = { 0: Number.NEGATIVE_INFINITY, 1: Number.NEGATIVE_INFINITY };
    expect(() => new TargetDistribution({ logitBias: all }, 2).of(new Float32Array(2))).toThrow(/forbids every token/);
  });
});

describe("checkSampling", () => {
  it.each<[SamplingOptions, string]>([
    [{ temperature: -0.1 }, "sampling.temperature"],
    [{ temperature: Number.NaN }, "sampling.temperature"],
    [{ temperature: Number.POSITIVE_INFINITY }, "sampling.temperature"],
    [{ topK: 0 }, "sampling.topK"],
    [{ topK: 2.5 }, "sampling.topK"],
    [{ topP: 0 }, "sampling.topP"],
    [{ topP: 1.01 }, "sampling.topP"],
    [{ topP: Number.NaN }, "sampling.topP"],
    [{ minP: -0.1 }, "sampling.minP"],
    [{ minP: 1.5 }, "sampling.minP"],
    [{ repetitionPenalty: 0 }, "sampling.repetitionPenalty"],
    [{ repetitionPenalty: Number.NaN }, "sampling.repetitionPenalty"],
    [{ seed: -1 }, "sampling.seed"],
    [{ seed: 0.5 }, "sampling.seed"],
    [{ logitBias: { 3: Number.NaN } }, "sampling.logitBias"],
    [{ logitBias: { 3: Number.POSITIVE_INFINITY } }, "sampling.logitBias"],
  ])("refuses %j", (options, subject) => {
    expect(() => checkSampling(options, 8)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", subject }));
  });

  it.each([8, -1, 1.5, "x"])("refuses a bias of token %s of 8", (token) => {
    const logitBias = { [token]: 1 } as Record<number, number>;
    expect(() => checkSampling({ logitBias }, 8)).toThrow(expect.objectContaining({ code: "UNKNOWN_TOKEN" }));
  });

  it("takes what the documentation allows", () => {
    checkSampling({}, 8);
    const most = { topP: 1, minP: 1, topK: 1e9, seed: Number.MAX_SAFE_INTEGER, repetitionPenalty: 0.1 };
    checkSampling({ temperature: 0, ...most, logitBias: { 0: -1, 7: Number.NEGATIVE_INFINITY } }, 8);
  });
});
