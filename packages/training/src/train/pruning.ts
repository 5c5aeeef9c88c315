import {
  type Adapter,
  type Float32Tensor,
  type GraphRuntime,
  InvalidArgumentError,
  type ModelWeights,
  parameterNames,
} from "@anabranch/core";
import { pruningBatches } from "../batches/pruning-batch.js";
import { pruningGraph } from "../graphs/pruning-graph.js";
import { ExitStates } from "../states/exit-states.js";
import { memoryStates } from "../states/index.js";
import { draftTargets } from "./draft-targets.js";
import type { LosslessOptions } from "./lossless.js";
import type { Objective } from "./objective.js";

/** The tensors of a pruning adapter. */
export const PRUNING_TENSORS: ReadonlySet<string> = new Set([parameterNames.pruneDown, parameterNames.pruneUp]);

/**
 * A pruning adapter alone, on next-token loss at its early exit (3.1.3): the model, its streams and LoRA stay as they are.
 * Targets outside the draft vocabulary do not count.
 *
 * @throws InvalidArgumentError for an adapter without one
 */
export async function pruningObjective(
  runtime: GraphRuntime,
  weights: ModelWeights,
  adapter: Adapter,
  { states: store = memoryStates(), sliceRows = 1000, known }: LosslessOptions,
): Promise<Objective> {
  const { spec } = weights;
  const { streams, draftVocabulary } = adapter;
  if (streams.pruning === undefined) {
    throw new InvalidArgumentError("The adapter has no pruning adapter to train.", {
      subject: "adapter",
      cure: "Give its streams `pruning`, and its tensors those of initialAdapter.",
    });
  }
  const draft = draftVocabulary && draftTargets(weights, draftVocabulary);
  const states = await ExitStates.compile(runtime, weights, adapter, store, known);
  const trained = [...adapter.tensors]
    .filter(([name]) => PRUNING_TENSORS.has(name))
    .map(([name, { shape, data }]): [string, Float32Tensor] => [
      name,
      { format: "f32", shape, data: Float32Array.from(data) },
    ]);
  return {
    trained: new Map(trained),
    constants:
      draft === undefined ? weights.tensors : new Map([...weights.tensors, [parameterNames.draftHead, draft.head]]),
    loss: pruningGraph(spec, streams, draftVocabulary?.length),
    batches: (examples) =>
      pruningBatches(examples, {
        hidden: states.hidden,
        hiddenSize: spec.hiddenSize,
        states: (prompt, completion) => states.of(prompt, completion),
        draftIndex: draft?.index,
        sliceRows,
      }),
    dispose: () => states.dispose(),
  };
}
