import { describe, expect, it } from "vitest";
import { erf } from "./erf.js";

describe("erf", () => {
  // As tabulated (Abramowitz and Stegun, table 7.1).
  it.each([
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3, 0.9999779095030014],
    [4, 0.9999999845827421],
    [7, 1],
  ])("erf(%d)", (x, value) => {
    expect(erf(x)).toBeCloseTo(value, 8);
    expect(erf(-x) + erf(x)).toBe(0);
  });

  it("has no step where one formula takes over from the other", () => {
    const slope = (2 / Math.sqrt(Math.PI)) * Math.exp(-9);
    expect(Math.abs(erf(3) - erf(3 - 1e-9) - slope * 1e-9)).toBeLessThan(1e-14);
  });
});
