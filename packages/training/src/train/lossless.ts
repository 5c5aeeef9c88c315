import {
  type Adapter,
  type Float32Tensor,
  type GraphRuntime,
  InvalidArgumentError,
  type ModelWeights,
  parameterNames,
  toFloat32,
  type WeightTensor,
} from "@anabranch/core";
import { losslessBatches, type TrainingExample } from "../batches/index.js";
import { DRAFT_HEAD, losslessGraph } from "../graphs/index.js";
import { BaseStates, memoryStates, type StateStore } from "../states/index.js";
import type { Objective } from "./objective.js";
import type { DividedWeights } from "./whole-model.js";

/** What lossless training may be told besides the settings. */
export interface LosslessOptions {
  /** Token ids that the streams' softmax is over: those that the task uses. Other targets do not count. Absent: all. */
  readonly draftVocabulary?: Int32Array;
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
  const { draftVocabulary, sliceRows = 1000 } = options;
  const states = await BaseStates.compile(runtime, weights, streams, options.states ?? memoryStates(), sources);
  const draft = draftVocabulary === undefined ? undefined : draftHead(weights, draftVocabulary);
  return {
    trained: divided.trained,
    constants: draft === undefined ? divided.constants : new Map([...divided.constants, [DRAFT_HEAD, draft.head]]),
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
function draftHead({ spec, tensors }: ModelWeights, tokens: Int32Array): { head: Float32Tensor; index: Int32Array } {
  const table = toFloat32(tensors.get(spec.tiedHead ? parameterNames.embedding : parameterNames.head) as WeightTensor);
  const index = new Int32Array(spec.vocabularySize).fill(-1);
  const data = new Float32Array(tokens.length * spec.hiddenSize);
  tokens.forEach((token, place) => {
    if (index[token] !== -1) {
      throw new InvalidArgumentError(
        `The draft vocabulary names token ${token} twice, or the model has no such token.`,
        {
          subject: "draftVocabulary",
        },
      );
    }
    index[token] = place;
    data.set(table.subarray(token * spec.hiddenSize, (token + 1) * spec.hiddenSize), place * spec.hiddenSize);
  });
  return { head: { format: "f32", shape: [tokens.length, spec.hiddenSize], data }, index };
}
