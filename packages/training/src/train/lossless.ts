import { type Adapter, type GraphRuntime, type ModelWeights, parameterNames } from "@anabranch/core";
import { type Batch, losslessBatches, type TrainingExample } from "../batches/index.js";
import { losslessGraph } from "../graphs/index.js";
import { BaseStates, type KnownStates, memoryStates, type StateStore } from "../states/index.js";
import { type DraftTargets, draftTargets, SampledTargets } from "./draft-targets.js";
import type { Objective } from "./objective.js";
import type { TrainSettings } from "./settings.js";
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

export interface LosslessSubject {
  readonly weights: ModelWeights;
  readonly adapter: Adapter;
  readonly divided: DividedWeights;
  /** α_j of Eq. 5. */
  readonly alphas: readonly number[];
  /** Every example that batches will be made of. */
  readonly sources: readonly TrainingExample[];
  readonly settings: Pick<TrainSettings, "sampledTokens" | "seed">;
}

/** The streams alone, on base states that are computed once. Targets outside the draft vocabulary do not count. */
export async function losslessObjective(
  runtime: GraphRuntime,
  { weights, adapter, divided, alphas, sources, settings }: LosslessSubject,
  { states: store = memoryStates(), sliceRows = 1000, known }: LosslessOptions,
): Promise<Objective> {
  const { spec } = weights;
  const { streams, draftVocabulary } = adapter;
  const states = await BaseStates.compile(runtime, weights, streams, {
    store,
    sources,
    ...(known === undefined ? {} : { known }),
  });
  const whole = draftVocabulary === undefined ? undefined : draftTargets(weights, draftVocabulary);
  const { sampledTokens: size = 0, seed } = settings;
  const sampled =
    whole !== undefined && draftVocabulary !== undefined && size > 0
      ? new SampledTargets(whole, draftVocabulary, sources, size, seed)
      : undefined;
  const batches = async (examples: readonly TrainingExample[], targets: DraftTargets | undefined): Promise<Batch[]> => {
    const made = losslessBatches(await states.of(examples), {
      ...{ spec, streams, outputs: states.outputs, weights: alphas, sliceRows },
      ...(targets === undefined ? {} : { draftIndex: targets.index }),
    });
    return targets === undefined
      ? made
      : made.map((batch) => ({ ...batch, inputs: { ...batch.inputs, ...targets.inputs } }));
  };
  const fixed = whole && { index: whole.index, inputs: {} };
  return {
    trained: divided.trained,
    constants:
      whole === undefined || sampled !== undefined
        ? divided.constants
        : new Map([...divided.constants, [parameterNames.draftHead, whole.head]]),
    loss: losslessGraph(spec, streams, sampled === undefined ? draftVocabulary?.length : "sampled"),
    batches: (examples) => batches(examples, sampled?.of(examples) ?? fixed),
    ...(sampled === undefined
      ? {}
      : { measured: (examples: readonly TrainingExample[]) => batches(examples, sampled.all()) }),
    dispose: () => states.dispose(),
  };
}
