import {
  type Adapter,
  draftHead,
  type Float32Tensor,
  type GraphRuntime,
  type ModelWeights,
  parameterNames,
  toFloat32,
} from "@anabranch/core";
import { losslessBatches, type TrainingExample } from "../batches/index.js";
import { losslessGraph } from "../graphs/index.js";
import { BaseStates, type KnownStates, memoryStates, type StateStore } from "../states/index.js";
import type { Objective } from "./objective.js";
import type { DividedWeights } from "./whole-model.js";

/** What lossless training may be told besides the settings. */
export interface LosslessOptions {
  /** States at stream insertion that are known already: those of texts that the model wrote itself, say. */
  readonly known?: KnownStates;
  /** Where base states are kept between epochs; in memory when absent. `stateFolder` of the /node entry spills to disk. */
  readonly states?: StateStore;
  /** Rows with streams in one run, at most; gradients of several runs add up. It bounds memory. */
  readonly sliceRows?: number;
}

/** The streams alone, on base states that are computed once. */
export async function losslessObjective(
  runtime: GraphRuntime,
  weights: ModelWeights,
  adapter: Adapter,
  divided: DividedWeights,
  alphas: readonly number[],
  sources: readonly TrainingExample[],
  options: LosslessOptions,
): Promise<Objective> {
  const { spec } = weights;
  const { streams } = adapter;
  // Targets outside the draft vocabulary do not count.
  const { draftVocabulary } = adapter;
  const { sliceRows = 1000, known } = options;
  const states = await BaseStates.compile(runtime, weights, streams, {
    store: options.states ?? memoryStates(),
    sources,
    ...(known === undefined ? {} : { known }),
  });
  const draft = draftVocabulary === undefined ? undefined : draftTargets(weights, draftVocabulary);
  return {
    trained: divided.trained,
    constants:
      draft === undefined ? divided.constants : new Map([...divided.constants, [parameterNames.draftHead, draft.head]]),
    loss: losslessGraph(spec, streams, draftVocabulary?.length),
    batches: async (examples) =>
      losslessBatches(await states.of(examples), {
        spec,
        streams,
        outputs: states.outputs,
        weights: alphas,
        sliceRows,
        ...(draft === undefined ? {} : { draftIndex: draft.index }),
      }),
    dispose: () => states.dispose(),
  };
}

/** The head's rows for the draft tokens, and each token's place among them. @throws InvalidArgumentError */
export function draftTargets(weights: ModelWeights, tokens: Int32Array): { head: Float32Tensor; index: Int32Array } {
  const head = draftHead(weights, tokens);
  const index = new Int32Array(weights.spec.vocabularySize).fill(-1);
  tokens.forEach((token, place) => {
    index[token] = place;
  });
  return { head: { format: "f32", shape: head.shape, data: toFloat32(head) }, index };
}
