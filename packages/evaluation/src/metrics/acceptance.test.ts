import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measureAcceptance, type SequenceRecord, type VerifyPassRecord } from "./acceptance.js";

const prefill = { emitted: 1 };
const chain = (depth: number, accepted: number, bonus = true): VerifyPassRecord => ({
  emitted: accepted + (bonus ? 1 : 0),
  drafted: depth,
  depth,
  accepted,
});

const pass = fc
  .tuple(fc.nat(5), fc.nat(5), fc.nat(9), fc.boolean())
  .map(([depth, wanted, siblings, ended]): VerifyPassRecord => {
    const accepted = Math.min(wanted, depth);
    const bonus = accepted === 0 || !ended;
    return { emitted: accepted + (bonus ? 1 : 0), drafted: depth === 0 ? 0 : depth + siblings, depth, accepted };
  });
const sequences = fc.array(
  fc.array(pass, { maxLength: 8 }).map((passes): SequenceRecord => ({ prefill, passes })),
  { minLength: 1, maxLength: 8 },
);

describe("measureAcceptance", () => {
  it("adds up a set worked out by hand", () => {
    const result = measureAcceptance([
      { prefill, passes: [chain(3, 3), chain(3, 1), chain(3, 2, false)] }, // 1 + 4 + 2 + 2 tokens, 4 calls
      { prefill, passes: [chain(1, 0)] }, // 2 tokens, 2 calls
      { prefill, passes: [] }, // the end token at once: 1 token, 1 call
    ]);
    expect(result).toEqual({
      sequences: 3,
      tokens: 12,
      passes: 7,
      verifyPasses: 4,
      cr: 12 / 7,
      meanAcceptanceLength: 9 / 4,
      acceptanceByPosition: [3 / 4, 2 / 3, 1 / 3],
      acceptanceLengthHistogram: [0, 1, 2, 0, 1],
    });
  });

  it("gives plain decoding a CR of exactly 1", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 10 }), (lengths) => {
        const plain = lengths.map((length) => ({ prefill, passes: Array.from({ length }, () => chain(0, 0)) }));
        const result = measureAcceptance(plain);
        expect(result.cr).toBe(1);
        expect(result.acceptanceByPosition).toEqual([]);
        expect(result.meanAcceptanceLength).toBe(result.verifyPasses === 0 ? 0 : 1);
      }),
    );
  });

  it("keeps CR between 1 and 1 + the deepest tree, and below the mean acceptance length", () => {
    fc.assert(
      fc.property(sequences, (set) => {
        const result = measureAcceptance(set);
        const deepest = Math.max(0, ...set.flatMap((sequence) => sequence.passes.map((p) => p.depth)));
        expect(result.cr).toBeGreaterThanOrEqual(1);
        expect(result.cr).toBeLessThanOrEqual(1 + deepest);
        if (result.verifyPasses > 0) expect(result.cr).toBeLessThanOrEqual(result.meanAcceptanceLength);
      }),
    );
  });

  it("keeps its figures consistent with each other", () => {
    fc.assert(
      fc.property(sequences, (set) => {
        const result = measureAcceptance(set);
        const histogram = result.acceptanceLengthHistogram;
        expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(result.verifyPasses);
        expect(histogram.reduce((sum, count, length) => sum + count * length, 0)).toBe(
          result.tokens - result.sequences,
        );
        expect(result.cr * result.passes).toBeCloseTo(result.tokens, 6);
        for (const share of result.acceptanceByPosition) expect(share >= 0 && share <= 1).toBe(true);
      }),
    );
  });

  it("has falling acceptance by position where every tree is equally deep", () => {
    const equallyDeep = fc.array(fc.nat(4), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(equallyDeep, (accepted) => {
        const { acceptanceByPosition } = measureAcceptance([{ prefill, passes: accepted.map((n) => chain(4, n)) }]);
        expect(acceptanceByPosition).toHaveLength(4);
        expect(acceptanceByPosition).toEqual([...acceptanceByPosition].sort((a, b) => b - a));
      }),
    );
  });

  it("weighs sequences by their calls: the set's CR is not the mean of CRs", () => {
    const long = { prefill, passes: Array.from({ length: 9 }, () => chain(0, 0)) };
    const short = { prefill, passes: [chain(4, 4)] };
    expect(measureAcceptance([long, short]).cr).toBe(16 / 12);
  });

  it.each([
    ["no sequences", [], "sequences"],
    ["a prefill without its token", [{ prefill: { emitted: 0 }, passes: [] }], "sequences[0].prefill.emitted"],
    ["a pass that emits nothing", [{ prefill, passes: [chain(1, 0, false)] }], "sequences[0].passes[0].emitted"],
    ["more accepted than deep", [{ prefill, passes: [chain(0, 0), chain(1, 2)] }], "sequences[0].passes[1]"],
    [
      "a tree deeper than its tokens",
      [{ prefill, passes: [{ ...chain(2, 1), drafted: 1 }] }],
      "sequences[0].passes[0]",
    ],
    ["two bonus tokens", [{ prefill, passes: [{ ...chain(2, 1), emitted: 3 }] }], "sequences[0].passes[0]"],
    ["a fraction", [{ prefill, passes: [{ ...chain(2, 1), drafted: 2.5 }] }], "sequences[0].passes[0].drafted"],
  ])("refuses %s and names it", (_, set, subject) => {
    expect(() => measureAcceptance(set)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", subject }));
  });
});
