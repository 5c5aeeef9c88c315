import { expect } from "vitest";

type Numbers = ArrayLike<number>;

/** Largest difference, as a share of the largest expected value (or of `floor`, where that is larger). */
function deviation(actual: Numbers, expected: Numbers, floor: number): number {
  expect(actual.length).toBe(expected.length);
  let [difference, scale] = [0, floor];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs((actual[i] as number) - (expected[i] as number)));
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return difference === 0 ? 0 : difference / scale;
}

/**
 * @param tolerance share of the largest expected value; the default is for the same formula in another order
 * @param floor for expected values that are zero but for rounding
 */
export function expectClose(actual: Numbers, expected: Numbers, tolerance = 1e-12, floor = 0): void {
  expect(deviation(actual, expected, floor)).toBeLessThanOrEqual(tolerance);
}
