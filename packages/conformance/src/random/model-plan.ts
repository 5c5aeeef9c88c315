import type { ModelSpec } from "@anabranch/core";
import fc from "fast-check";

/** A random model: its shape, and the seed that its weights are drawn from. */
export interface ModelPlan {
  readonly spec: ModelSpec;
  readonly seed: number;
}

/** Tiny models of many shapes: grouped heads, head sizes that are multiples of 16 and not, tied heads and others. */
export const modelPlans: fc.Arbitrary<ModelPlan> = fc
  .record({
    layers: fc.integer({ min: 2, max: 4 }),
    kvHeads: fc.integer({ min: 1, max: 2 }),
    group: fc.integer({ min: 1, max: 3 }),
    headSize: fc.constantFrom(16, 8, 32, 12),
    hiddenSize: fc.constantFrom(16, 24, 32, 40),
    mlpSize: fc.constantFrom(24, 32, 48),
    vocabularySize: fc.integer({ min: 17, max: 48 }),
    theta: fc.constantFrom(100, 10_000),
    tiedHead: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ group, theta, seed, ...sizes }) => ({
    spec: specOf({ ...sizes, heads: sizes.kvHeads * group }, theta),
    seed,
  }));

type Sizes = Omit<ModelSpec, "family" | "normEpsilon" | "rope" | "maxPositions">;

function specOf(sizes: Sizes, theta: number): ModelSpec {
  return { family: "llama", ...sizes, normEpsilon: 1e-5, rope: { theta }, maxPositions: 256 };
}

/** One fixed model for the cases that are about behaviour and not about numbers. */
export const plainModel: ModelPlan = {
  spec: specOf(
    {
      layers: 3,
      kvHeads: 1,
      heads: 2,
      headSize: 16,
      hiddenSize: 32,
      mlpSize: 32,
      vocabularySize: 23,
      tiedHead: false,
    },
    10_000,
  ),
  seed: 7,
};
