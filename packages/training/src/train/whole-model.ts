import type { Float32Tensor, GraphRuntime, ModelSpec, StreamSpec, WeightTensor } from "@anabranch/core";
import {
  type Batch,
  type Forest,
  growForest,
  type LossWeights,
  nextTokenBatch,
  sharedBatch,
} from "../batches/index.js";
import { nextTokenGraph, sharedGraph } from "../graphs/index.js";
import { cutSegments, SegmentedStep } from "../segments/index.js";
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

/**
 * Eq. 5 with a main stream that sees its streams (Eq. 1).
 * @param segmentRows rows with streams in memory at once; a batch with more goes in segments.
 */
export function sharedObjective(
  runtime: GraphRuntime,
  spec: ModelSpec,
  streams: StreamSpec,
  weights: DividedWeights,
  alphas: LossWeights,
  segmentRows: number,
): Objective {
  const segmented = new SegmentedStep(runtime, spec, streams, weights.constants, [...weights.trained.keys()]);
  const whole = (forests: readonly Forest[]): Batch[] => [sharedBatch(forests, alphas)];
  return {
    ...weights,
    loss: sharedGraph(spec, streams),
    segmented,
    batches: async (examples) => {
      const forests = examples.map(growForest);
      const segments = cutSegments(forests, alphas, segmentRows);
      if (segments.segments.length === 1) return whole(forests);
      return [{ inputs: {}, losses: [], rows: forests.reduce((sum, { tokens }) => sum + tokens.length, 0), segments }];
    },
    measured: async (examples) => whole(examples.map(growForest)),
    dispose: () => segmented.dispose(),
  };
}
