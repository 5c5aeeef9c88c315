import { InvalidArgumentError, MissingTensorError, NotFiniteError, ShapeMismatchError } from "../errors/index.js";
import {
  type Adapter,
  adapterParameterShapes,
  baseParameterShapes,
  checkDraftVocabulary,
  type ModelSpec,
  type ModelWeights,
  type StreamSpec,
} from "../model/index.js";

function checkTensors(
  owner: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): void {
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new MissingTensorError(`The ${owner} has no tensor ${name}.`, { subject: name });
    if (tensor.shape.join() !== shape.join()) {
      throw new ShapeMismatchError(
        `${name} is [${tensor.shape.join(", ")}], the ${owner} wants [${shape.join(", ")}].`,
        {
          subject: name,
        },
      );
    }
  }
}

/** @throws MissingTensorError, ShapeMismatchError */
export function checkModelWeights({ spec, tensors }: ModelWeights): void {
  checkTensors("model", baseParameterShapes(spec), tensors);
}

/**
 * @throws MissingTensorError, ShapeMismatchError; NotFiniteError for NaN in a tensor, and infinities; InvalidArgumentError for a draft vocabulary that is not the model's, an angle
 *   that is not finite, or a threshold that is no probability
 */
export function checkAdapter(spec: ModelSpec, adapter: Adapter): void {
  if (adapter.draftVocabulary !== undefined) checkDraftVocabulary(spec, adapter.draftVocabulary);
  checkNumbers(adapter.streams);
  checkTensors("adapter", adapterParameterShapes(spec, adapter.streams), adapter.tensors);
  for (const [name, { data }] of adapter.tensors) checkFinite(name, data);
}

function checkNumbers({ valueRotation = 0, pruning }: StreamSpec): void {
  if (!Number.isFinite(valueRotation)) {
    throw new InvalidArgumentError(`Values cannot be rotated by ${valueRotation}.`, { subject: "valueRotation" });
  }
  if (pruning !== undefined && !(pruning.threshold >= 0 && pruning.threshold <= 1)) {
    throw new InvalidArgumentError(`The adapter prunes at ${pruning.threshold}; it is a probability, 0..1.`, {
      subject: "pruning.threshold",
    });
  }
}

/** One NaN makes every draft nonsense, and says so only when there is one. */
function checkFinite(name: string, data: Float32Array): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return;
  throw new NotFiniteError(`The adapter's tensor ${name} holds ${data[at]} at ${at}.`, {
    subject: name,
    cure: "Fetch the adapter again, or train it with a lower learning rate.",
  });
}
