import fc from "fast-check";
import type { ConformanceSettings } from "./settings.js";

/** Holds a property against random values. */
export async function forAll<T>(
  { runs, seed, shrink }: ConformanceSettings,
  values: fc.Arbitrary<T>,
  property: (value: T) => Promise<void>,
): Promise<void> {
  // Unbiased: with few runs, small values first would leave nothing but the simplest trees.
  await fc.assert(fc.asyncProperty(values, property), { numRuns: runs, seed, endOnFailure: !shrink, unbiased: true });
}
