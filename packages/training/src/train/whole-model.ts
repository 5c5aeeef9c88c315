import {
  type Adapter,
  type Float32Tensor,
  type GraphRuntime,
  type ModelSpec,
  type ModelWeights,
  parameterNames,
  type StreamSpec,
  type WeightTensor,
} from "@anabranch/core";
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
import { draftTargets } from "./draft-targets.js";
import type { Objective } from "./objective.js";

/** Weights of a run, divided into those that learn and those that stay. */
export interface DividedWeights {
  readonly trained: ReadonlyMap<string, Float32Tensor>;
  readonly constants: ReadonlyMap<string, WeightTensor>;
}

/** Next-token loss alone. @param lora what learns in place of the model's weights; its streams are not there */
export function nextTokenObjective(spec: ModelSpec, weights: DividedWeights, lora?: StreamSpec): Objective {
  return {
    ...weights,
    loss: nextTokenGraph(spec, lora),
    batches: async (examples) => [nextTokenBatch(examples.map(growForest))],
    dispose: async () => {},
  };
}

export interface SharedSubject {
  readonly weights: ModelWeights;
  readonly adapter: Adapter;
  readonly divided: DividedWeights;
  /** α of Eq. 5. */
  readonly alphas: LossWeights;
  /** Rows with streams in memory at once; a batch with more goes in segments. */
  readonly segmentRows: number;
}

/** Eq. 5 with a main stream that sees its streams (Eq. 1). Targets of streams outside the draft vocabulary do not count. */
export function sharedObjective(
  runtime: GraphRuntime,
  { weights: model, adapter, divided, alphas, segmentRows }: SharedSubject,
): Objective {
  const { spec } = model;
  const { streams, draftVocabulary } = adapter;
  const draft = draftVocabulary && draftTargets(model, draftVocabulary);
  const draftTokens = draftVocabulary?.length;
  const constants = draft ? new Map([...divided.constants, [parameterNames.draftHead, draft.head]]) : divided.constants;
  const goals = { ...alphas, markov: streams.markov !== undefined, ...(draft && { draftIndex: draft.index }) };
  const segmented = new SegmentedStep(runtime, spec, streams, constants, [...divided.trained.keys()], draftTokens);
  const whole = (forests: readonly Forest[]): Batch[] => [sharedBatch(forests, goals)];
  return {
    trained: divided.trained,
    constants,
    ...(draftVocabulary && { draftVocabulary }),
    loss: sharedGraph({ spec, streams, draftTokens }),
    segmented,
    batches: async (examples) => {
      const forests = examples.map(growForest);
      const segments = cutSegments(forests, goals, segmentRows);
      if (segments.segments.length === 1) return whole(forests);
      return [{ inputs: {}, losses: [], rows: forests.reduce((sum, { tokens }) => sum + tokens.length, 0), segments }];
    },
    measured: async (examples) => whole(examples.map(growForest)),
    dispose: () => segmented.dispose(),
  };
}
