import { describe, expect, it } from "vitest";
import { type RopeScaling, type RopeSpec, ropeFrequencies, ropeScale } from "../../src/index.js";

describe("ropeFrequencies", () => {
  it("falls from 1 by powers of theta", () => {
    expect(ropeFrequencies({ theta: 10_000 }, 4)).toEqual([1, 0.01]);
  });

  it("has a pair for each two features that turn", () => {
    expect(ropeFrequencies({ theta: 16, rotated: 4 }, 8)).toEqual([1, 1 / 4]);
  });

  it("divides all by a linear factor", () => {
    expect(ropeFrequencies({ theta: 10_000, scaling: { type: "linear", factor: 4 } }, 4)).toEqual([0.25, 0.0025]);
  });

  it("stretches Llama 3's long waves, keeps the short ones, and mixes between", () => {
    const scaling = { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 16 } as const;
    // Over 16 positions they make 2.55, 0.81 and 0.25 turns, and 25.5 of pair 0 with 160 positions.
    const frequencies = ropeFrequencies({ theta: 1000, scaling: { type: "llama3", ...scaling } }, 6);
    const kept = (16 / (2 * Math.PI) - 1) / 3;
    expect(frequencies[0]).toBeCloseTo(kept + (1 - kept) / 8, 12);
    expect(frequencies[1]).toBeCloseTo(0.1 / 8, 12);
    expect(frequencies[2]).toBeCloseTo(0.01 / 8, 12);
    const long = { type: "llama3", ...scaling, originalPositions: 160 } as const;
    expect(ropeFrequencies({ theta: 1000, scaling: long }, 6)[0]).toBe(1);
  });

  const yarn = {
    type: "yarn",
    factor: 4,
    originalPositions: 32_768,
    betaFast: 32,
    betaSlow: 1,
    truncate: true,
  } as const;
  const factors = Array.from({ length: 48 }, (_, pair) => Math.fround(1 + 0.01 * pair));

  // What `_compute_yarn_parameters` and `_compute_longrope_parameters` of transformers 5.0.0 give in double precision.
  it.each<[string, number, RopeSpec, Record<number, number>]>([
    [
      "YaRN as Qwen 2.5 has it",
      128,
      { theta: 1e6, scaling: { ...yarn, attentionFactor: 1 } },
      {
        0: 1,
        1: 0.8058421877614819,
        23: 0.006978305848598663,
        24: 0.005375321490790102,
        30: 0.0010643609812470017,
        36: 0.00017984115587395423,
        39: 6.490394320837029e-5,
        40: 4.445698525097307e-5,
        63: 3.102344401879299e-7,
      },
    ],
    [
      "YaRN with a ramp between pairs",
      128,
      {
        theta: 1e6,
        scaling: { ...yarn, factor: 40, betaFast: 16, betaSlow: 2, truncate: false, attentionFactor: 1 },
      },
      {
        24: 0.005623413251903491,
        30: 0.001042243614199128,
        36: 2.9317976612430632e-5,
        39: 5.516835172711476e-6,
        63: 3.102344401879299e-8,
      },
    ],
    [
      "YaRN of a tiny model, whose ramp is cut on both sides",
      16,
      { theta: 1e4, scaling: { ...yarn, factor: 8, originalPositions: 16, attentionFactor: 1 } },
      { 0: 1, 1: 0.03952847075210474, 7: 3.952847075210474e-5 },
    ],
    [
      "LongRoPE of Phi 3.5's shape",
      96,
      { theta: 1e4, scaling: { type: "longrope", factors, positions: 4096, attentionFactor: 1 } },
      { 0: 1, 1: 0.8172318743185634, 20: 0.01795362170351953, 47: 8.24168459216966e-5 },
    ],
  ])("computes %s as transformers does", (_, headSize, rope, golden) => {
    const found = ropeFrequencies(rope, headSize);
    expect(found).toHaveLength(headSize / 2);
    for (const [pair, wanted] of Object.entries(golden)) {
      expect((found[Number(pair)] as number) / wanted, `pair ${pair}`).toBeCloseTo(1, 12);
    }
  });

  it("scales what turns where the scaling says so", () => {
    const scaled = (scaling?: RopeScaling) => ropeScale({ theta: 1e4, ...(scaling && { scaling }) });
    expect(scaled()).toBe(1);
    expect(scaled({ type: "linear", factor: 2 })).toBe(1);
    expect(scaled({ ...yarn, attentionFactor: 1.1 })).toBe(1.1);
    expect(scaled({ type: "longrope", factors, positions: 4096, attentionFactor: 1.2 })).toBe(1.2);
  });
});
