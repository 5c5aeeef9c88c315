import { describe, expect, it } from "vitest";
import { ropeFrequencies } from "../../src/index.js";

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
});
