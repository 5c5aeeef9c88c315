import {
  AbortedError,
  baseParameterShapes,
  InvalidFileError,
  type ModelWeights,
  parameterNames,
  UnsupportedError,
  type WeightTensor,
} from "@anabranch/core";
import { type Folder, openIn, pathIn } from "../bytes/folder.js";
import type { ModelConfig } from "../config/model-config.js";
import { openSafetensors, type SafetensorsFile } from "../safetensors/open-safetensors.js";
import { readBlockSizes, readInt8, scalesName } from "./int8-file.js";
import { loadModelConfig } from "./load-model-config.js";
import { WEIGHTS_FILE } from "./model-files.js";
import { requireShape, requireTensor } from "./require-tensor.js";

export interface LoadedModel {
  readonly weights: ModelWeights;
  readonly config: ModelConfig;
  /** Tensors of the file that were not used and might have mattered, one sentence each. */
  readonly warnings: readonly string[];
}

export interface LoadModelOptions {
  readonly signal?: AbortSignal;
}

/**
 * Loads a Hugging Face folder of the Llama family: config.json and model.safetensors, theirs or ours (int8 too).
 *
 * @param folder a path (Node), or the files' bytes or Blobs by name
 * @throws UnsupportedError, InvalidFileError, ChecksumError, MissingTensorError, ShapeMismatchError, IoError, AbortedError
 */
export async function loadModel(folder: Folder, { signal }: LoadModelOptions = {}): Promise<LoadedModel> {
  const { config, ours } = await loadModelConfig(folder);
  const file = await openSafetensors(await openIn(folder, WEIGHTS_FILE));
  try {
    if (ours !== file.checksummed) throw strangers(ours, pathIn(folder, ""));
    const blockSizes = readBlockSizes(file);
    const tensors = new Map<string, WeightTensor>();
    for (const [name, shape] of baseParameterShapes(config.spec)) {
      if (signal?.aborted) throw new AbortedError(`Loading ${file.name} was aborted.`, { cause: signal.reason });
      requireShape(name, requireTensor(file.tensors, name, file.name).shape, shape, file.name);
      tensors.set(name, await readWeight(file, name, blockSizes.get(name)));
    }
    const used = new Set([...tensors.keys(), ...[...blockSizes.keys()].map(scalesName)]);
    return { weights: { spec: config.spec, tensors }, config, warnings: unusedTensors(file, used, config) };
  } finally {
    await file.close();
  }
}

async function readWeight(file: SafetensorsFile, name: string, blockSize?: number): Promise<WeightTensor> {
  if (blockSize !== undefined) return readInt8(file, name, blockSize);
  const data = await file.read(name);
  const shape = file.tensors.get(name)?.shape ?? [];
  if (data instanceof Float32Array) return { format: "f32", shape, data };
  throw new UnsupportedError(`${file.name}: tensor "${name}" is I8, but the file does not say where its scales are.`, {
    subject: name,
    cure: "Use the unquantised model; saveModel can quantise it.",
  });
}

function unusedTensors(file: SafetensorsFile, used: ReadonlySet<string>, { spec }: ModelConfig): string[] {
  const warnings: string[] = [];
  for (const name of file.tensors.keys()) {
    // RoPE's frequencies follow from the configuration.
    if (used.has(name) || name.endsWith("rotary_emb.inv_freq")) continue;
    const tied = spec.tiedHead && name === parameterNames.head;
    const why = tied ? "the configuration ties the head to the embedding" : "a plain Llama has no such tensor";
    warnings.push(`${file.name}: tensor "${name}" was ignored: ${why}.`);
  }
  return warnings;
}

function strangers(configIsOurs: boolean, folder: string): InvalidFileError {
  const [ours, theirs] = configIsOurs ? ["config.json", WEIGHTS_FILE] : [WEIGHTS_FILE, "config.json"];
  return new InvalidFileError(`${folder}: ${ours} was written by Anabranch, but ${theirs} was not.`, {
    subject: folder,
    cure: `One was damaged or replaced: write the model again, or take Anabranch's marks out of ${ours}.`,
  });
}
