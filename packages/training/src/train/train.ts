import type { Adapter, Float32Tensor, GraphRuntime, ModelWeights } from "@anabranch/core";
import { checkExamples, type TrainingExample } from "../batches/index.js";
import type { CheckpointStore } from "../checkpoint/index.js";
import { Epochs } from "./epochs.js";
import { objectiveOf, type TrainingSubject } from "./objective-of.js";
import type { HeldOutMeasure, TrainProgress } from "./progress.js";
import { describeExamples, type RunDescription } from "./run-description.js";
import { completeSettings, type TrainSettings } from "./settings.js";
import { TrainingRun } from "./training-run.js";

export interface TrainOptions extends TrainingSubject {
  /** What runs the graphs; `createOnnxRuntime` of @anabranch/backend-onnx, say. */
  readonly runtime: GraphRuntime;
  readonly examples: readonly TrainingExample[];
  /** Examples to measure on; never learned from. */
  readonly heldOut?: readonly TrainingExample[];
  readonly settings?: Partial<TrainSettings>;
  /** When it fires, the state is saved and AbortedError thrown. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
  readonly checkpoint?: CheckpointStore;
  /** Goes on from the checkpoint's last state, if there is one. */
  readonly resume?: boolean;
}

export interface TrainResult {
  readonly weights: ModelWeights;
  /** With the streams' weights as they are now; absent in next-token training. */
  readonly adapter?: Adapter;
  readonly steps: number;
  /** At the end. */
  readonly heldOut?: HeldOutMeasure;
}

/**
 * Trains a model, its streams or both (3.1.4, Eq. 5). What is given is not changed. The same options give the same
 * weights, bit for bit, on a runtime that is deterministic, whether or not training was interrupted and resumed.
 *
 * @throws NotFiniteError naming the step, when loss or gradients are not finite
 * @throws AbortedError when the signal fired; the state is saved before
 * @throws InvalidArgumentError, MissingTensorError, ShapeMismatchError, UnknownTokenError, ContextOverflowError for bad input
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { weights, adapter, examples, heldOut = [] } = options;
  const settings = completeSettings(options.settings ?? {});
  checkExamples(weights.spec, examples, "examples");
  if (heldOut.length > 0) checkExamples(weights.spec, heldOut, "heldOut");
  const objective = await objectiveOf(options.runtime, options, settings, [...examples, ...heldOut]);
  try {
    const description: RunDescription = {
      mode: options.mode,
      spec: weights.spec,
      streams: adapter?.streams ?? null,
      trained: [...objective.trained.keys()],
      settings,
      examples: describeExamples(examples),
    };
    const run = new TrainingRun(
      options,
      objective,
      settings,
      new Epochs(examples, settings),
      JSON.stringify(description),
    );
    const measure = await run.run(description);
    return {
      weights: { spec: weights.spec, tensors: updated(weights.tensors, objective.trained) },
      ...(adapter === undefined
        ? {}
        : { adapter: { ...adapter, tensors: updated(adapter.tensors, objective.trained) } }),
      steps: run.steps,
      ...(measure === undefined ? {} : { heldOut: measure }),
    };
  } finally {
    await objective.dispose();
  }
}

function updated<Tensor>(
  tensors: ReadonlyMap<string, Tensor>,
  trained: ReadonlyMap<string, Float32Tensor>,
): ReadonlyMap<string, Tensor | Float32Tensor> {
  return new Map([...tensors].map(([name, tensor]) => [name, trained.get(name) ?? tensor]));
}
