import {
  type Adapter,
  adapterParameterShapes,
  baseParameterShapes,
  type Float32Tensor,
  type GraphRuntime,
  InvalidArgumentError,
  impliedAdapterTensors,
  MissingTensorError,
  type ModelWeights,
  ShapeMismatchError,
  toFloat32,
  type WeightTensor,
} from "@anabranch/core";
import type { TrainingExample } from "../batches/index.js";
import { withoutWindows } from "../model/windows.js";
import { type LosslessOptions, losslessObjective } from "./lossless.js";
import type { Objective } from "./objective.js";
import { PRUNING_TENSORS, pruningObjective } from "./pruning.js";
import { streamWeights, type TrainSettings } from "./settings.js";
import { type DividedWeights, nextTokenObjective, sharedObjective } from "./whole-model.js";

/**
 * - next-token: the model alone, all its weights, or with an adapter of mode "shared" that adapter's LoRA only;
 * - shared: model and streams together (Eq. 5); all weights, or with `train: "adapter"` the adapter's only;
 * - lossless: the streams alone, on a model that stays as it is;
 * - pruning: an adapter's pruning adapter alone (3.1.3), on a model and streams of either mode that stay as they are.
 */
export type TrainingMode = "next-token" | "shared" | "lossless" | "pruning";

/** What learns, and what from. */
export interface TrainingSubject {
  readonly mode: TrainingMode;
  readonly weights: ModelWeights;
  /** Streams with the weights that they start from (`initialAdapter`); required but in next-token training, which trains its LoRA. */
  readonly adapter?: Adapter;
  /** Shared mode: whether the model's own weights learn too. */
  readonly train?: "all" | "adapter";
  /** Also for training a pruning adapter. */
  readonly lossless?: LosslessOptions;
}

/**
 * @param sources every example that batches will be made of.
 * @throws InvalidArgumentError, MissingTensorError, ShapeMismatchError; UnsupportedError for an example that is longer than a
 *   sliding window of the model
 */
export async function objectiveOf(
  runtime: GraphRuntime,
  subject: TrainingSubject,
  settings: TrainSettings,
  sources: readonly TrainingExample[],
): Promise<Objective> {
  const { mode, adapter } = subject;
  const spec = withoutWindows(subject.weights.spec, sources);
  const weights = { ...subject.weights, spec };
  checkTensors(weights.tensors, baseParameterShapes(spec));
  if (mode === "next-token") return nextToken(weights, adapter);
  if (adapter !== undefined && mode === "pruning") {
    checkTensors(adapter.tensors, adapterParameterShapes(spec, adapter.streams));
    return pruningObjective(runtime, weights, adapter, subject.lossless ?? {});
  }
  if (adapter === undefined || adapter.streams.mode !== mode) {
    throw new InvalidArgumentError(`Training in ${mode} mode wants an adapter whose streams have mode "${mode}".`, {
      subject: "adapter",
      cure: "Make one with initialAdapter.",
    });
  }
  checkTensors(adapter.tensors, adapterParameterShapes(spec, adapter.streams));
  const { streams } = adapter;
  const alphas = streamWeights(settings, streams.gamma);
  if (mode === "lossless") {
    const divided = divide(weights, adapter, false);
    const streamsAlone = { weights, adapter, divided, alphas, sources, settings };
    return losslessObjective(runtime, streamsAlone, subject.lossless ?? {});
  }
  const all = subject.train !== "adapter";
  if (all && adapter.draftVocabulary !== undefined) {
    throw new InvalidArgumentError(
      "A draft vocabulary has a head of its own, which a model that learns would leave behind.",
      {
        subject: "draftVocabulary",
        cure: "Train the adapter only, or without a draft vocabulary.",
      },
    );
  }
  const divided = divide(weights, adapter, all);
  return sharedObjective(runtime, {
    ...{ weights, adapter, divided },
    alphas: { main: settings.mainWeight, streams: alphas },
    segmentRows: settings.segmentRows ?? settings.batchRows,
  });
}

/** All weights of the model, or an adapter's LoRA alone. */
function nextToken(weights: ModelWeights, adapter: Adapter | undefined): Objective {
  const { spec } = weights;
  if (adapter === undefined) return nextTokenObjective(spec, divide(weights, undefined, true));
  const { streams } = adapter;
  if (streams.lora === undefined || streams.mode !== "shared") {
    throw new InvalidArgumentError(
      "Next-token training of an adapter wants one with LoRA that acts on the main stream.",
      {
        subject: "adapter",
        cure: 'Make one of mode "shared" with initialAdapter, or leave it out to train all weights.',
      },
    );
  }
  checkTensors(adapter.tensors, adapterParameterShapes(spec, streams));
  // Streams are not there: what belongs to them would get no gradient.
  const tensors = new Map([...adapter.tensors].filter(([name]) => /\.lora_[AB]$/.test(name)));
  return nextTokenObjective(spec, divide(weights, { streams, tensors }, false), streams);
}

function divide(weights: ModelWeights, adapter: Adapter | undefined, all: boolean): DividedWeights {
  const trained = new Map<string, Float32Tensor>();
  const constants = new Map<string, WeightTensor>();
  for (const [name, tensor] of weights.tensors) {
    if (all) trained.set(name, learning(tensor));
    else constants.set(name, tensor);
  }
  for (const [name, tensor] of adapter?.tensors ?? []) {
    // Trained on its own: no loss of streams depends on it.
    if (PRUNING_TENSORS.has(name)) constants.set(name, tensor);
    else trained.set(name, learning(tensor));
  }
  if (adapter !== undefined) {
    for (const [name, tensor] of impliedAdapterTensors(weights.spec, adapter.streams)) constants.set(name, tensor);
  }
  return { trained, constants };
}

/** A copy: what the caller gave stays as it is. */
function learning(tensor: WeightTensor): Float32Tensor {
  return { format: "f32", shape: tensor.shape, data: Float32Array.from(toFloat32(tensor)) };
}

function checkTensors(
  tensors: ReadonlyMap<string, WeightTensor>,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new MissingTensorError(`The weights have no tensor ${name}.`, { subject: name });
    if (tensor.shape.join() !== shape.join()) {
      throw new ShapeMismatchError(`${name} is [${tensor.shape}]; the model wants [${shape}].`, { subject: name });
    }
  }
}
