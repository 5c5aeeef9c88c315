import {
  baseParameterShapes,
  type ModelWeights,
  parameterNames,
  throwIfAborted,
  type WeightTensor,
} from "@anabranch/core";
import type { Folder } from "../bytes/folder.js";
import type { ModelConfig } from "../config/model-config.js";
import { convertWeight, type WeightFormat } from "../quantize/convert-weight.js";
import { openModelFiles } from "./open-model-files.js";
import { missingTensor, requireShape } from "./require-tensor.js";
import type { TensorSource } from "./tensor-source.js";

export interface LoadedModel {
  readonly weights: ModelWeights;
  readonly config: ModelConfig;
  /** What of the model is not offered, and tensors that were not used and might have mattered; one sentence each. */
  readonly warnings: readonly string[];
}

export interface LoadModelOptions {
  /** What matrices become, each as soon as it is read; "as-stored" when absent. */
  readonly weights?: WeightFormat;
  readonly signal?: AbortSignal;
}

/**
 * Loads a GGUF file (the first of a model's parts stands for all), or a Hugging Face folder: config.json and
 * model.safetensors (theirs, or ours, int8 too) or shards.
 *
 * @param place a path (Node), or the files' bytes or Blobs by name
 * @throws UnsupportedError, InvalidFileError, ChecksumError, MissingTensorError, ShapeMismatchError, IoError, AbortedError;
 *   InvalidArgumentError for a GGUF part that is not the first; NotFiniteError where weights are rounded
 */
export async function loadModel(place: Folder, options: LoadModelOptions = {}): Promise<LoadedModel> {
  const { weights: format = "as-stored", signal } = options;
  const { config, tensors: source, close } = await openModelFiles(place);
  try {
    const tensors = new Map<string, WeightTensor>();
    for (const [name, shape] of baseParameterShapes(config.spec)) {
      throwIfAborted(signal, `Loading ${source.name}`);
      tensors.set(name, convertWeight(name, await readParameter(source, name, shape), format));
    }
    return { weights: { spec: config.spec, tensors }, config, warnings: warningsOf(source, tensors, config) };
  } finally {
    await close();
  }
}

/** @throws MissingTensorError, ShapeMismatchError; what reading throws */
export async function readParameter(
  source: TensorSource,
  name: string,
  shape: readonly number[],
): Promise<WeightTensor> {
  if (!source.has(name)) throw missingTensor(name, source.name);
  const tensor = await source.read(name);
  requireShape(name, tensor.shape, shape, source.name);
  return tensor;
}

/** RoPE's frequencies, and the causal masks that old GPT-2 files hold. */
const FOLLOWS_FROM_CONFIG = /rotary_emb\.inv_freq$|\bh\.\d+\.attn\.(masked_)?bias$/;

/** The configuration's warnings, and the tensors that were not used and might have mattered. */
export function warningsOf(
  source: TensorSource,
  used: ReadonlyMap<string, unknown>,
  { spec, warnings: ofConfig = [] }: ModelConfig,
): string[] {
  const warnings = [...ofConfig];
  for (const name of source.names()) {
    if (used.has(name) || FOLLOWS_FROM_CONFIG.test(name)) continue;
    const tied = spec.tiedHead && name === parameterNames.head;
    const why = tied
      ? "the configuration ties the head to the embedding"
      : `a model of the family ${spec.family} has no such tensor`;
    warnings.push(`${source.name}: tensor "${name}" was ignored: ${why}.`);
  }
  return warnings;
}
