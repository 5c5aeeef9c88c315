import type { Float32Tensor, ModelSpec, StreamSpec, WeightTensor } from "@anabranch/core";
import { growForest, type LossWeights, nextTokenBatch, sharedBatch } from "../batches/index.js";
import { nextTokenGraph, sharedGraph } from "../graphs/index.js";
import type { Objective } from "./objective.js";

/** Weights of a run, divided into those that learn and those that stay. */
export interface DividedWeights {
  readonly trained: ReadonlyMap<string, Float32Tensor>;
  readonly constants: ReadonlyMap<string, WeightTensor>;
}

/** Next-token loss alone. */
export function nextTokenObjective(spec: ModelSpec, weights: DividedWeights): Objective {
  return {
    ...weights,
    loss: nextTokenGraph(spec),
    batches: async (examples) => [nextTokenBatch(examples.map(growForest))],
    dispose: async () => {},
  };
}

/** Eq. 5 with a main stream that sees its streams (Eq. 1). */
export function sharedObjective(
  spec: ModelSpec,
  streams: StreamSpec,
  weights: DividedWeights,
  alphas: LossWeights,
): Objective {
  return {
    ...weights,
    loss: sharedGraph(spec, streams),
    batches: async (examples) => [sharedBatch(examples.map(growForest), alphas)],
    dispose: async () => {},
  };
}
