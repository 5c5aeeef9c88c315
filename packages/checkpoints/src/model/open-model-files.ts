import { InvalidFileError } from "@anabranch/core";
import { existsIn, type Folder, openIn, pathIn } from "../bytes/folder.js";
import type { ModelConfig } from "../config/model-config.js";
import { readModelConfig } from "../config/read-model-config.js";
import { isGgufPath } from "../gguf/is-gguf-path.js";
import { ggufConfig } from "../gguf/model/gguf-config.js";
import { ggufTensors } from "../gguf/model/gguf-tensors.js";
import { openGgufModel } from "../gguf/split/open-gguf-model.js";
import { ggufPartNames } from "../gguf/split/part-names.js";
import { openSafetensors } from "../safetensors/open-safetensors.js";
import { openShards } from "../safetensors/open-shards.js";
import { INDEX_FILE } from "../safetensors/shard-index.js";
import { loadModelConfig } from "./load-model-config.js";
import { WEIGHTS_FILE } from "./model-files.js";
import { parameterSource } from "./parameter-source.js";
import { safetensorsTensors, shardedTensors } from "./safetensors-tensors.js";
import type { TensorSource } from "./tensor-source.js";

/** A model's configuration, and its tensors still in their files. */
export interface ModelFiles {
  readonly config: ModelConfig;
  /** By the names of `parameterNames`. */
  readonly tensors: TensorSource;
  close(): Promise<void>;
}

/**
 * Opens a model, whatever its files: a `.gguf` file (its path, or a map that holds just that), or all its parts
 * (named by the first), or a folder with
 * model.safetensors, or with model.safetensors.index.json and its shards.
 *
 * @throws UnsupportedError, InvalidFileError, ChecksumError, IoError; InvalidArgumentError for a part that is not the first
 */
export async function openModelFiles(place: Folder): Promise<ModelFiles> {
  const gguf = ggufIn(place);
  if (gguf !== undefined) return openGgufFiles(gguf, place);
  const { config, ours } = await loadModelConfig(place);
  const sharded = !(await existsIn(place, WEIGHTS_FILE)) && (await existsIn(place, INDEX_FILE));
  if (sharded) {
    if (ours) throw strangers(true, pathIn(place, ""));
    const shards = await openShards(place);
    return { config, tensors: parameterSource(shardedTensors(shards), config.spec), close: () => shards.close() };
  }
  const file = await openSafetensors(await openIn(place, WEIGHTS_FILE));
  return closingOnError(file, () => {
    if (ours !== file.checksummed) throw strangers(ours, pathIn(place, ""));
    return { config, tensors: parameterSource(safetensorsTensors(file), config.spec), close: () => file.close() };
  });
}

/** The GGUF file that a place is, or the first of its parts. */
function ggufIn(place: Folder): string | undefined {
  if (typeof place === "string") return isGgufPath(place) ? place : undefined;
  const [only = "", ...others] = place.keys();
  if (!isGgufPath(only)) return undefined;
  const parts = ggufPartNames(only);
  if (others.length === 0) return only;
  return others.every((name) => parts.includes(name)) ? parts[0] : undefined;
}

async function openGgufFiles(path: string, place: Folder): Promise<ModelFiles> {
  const file = await openGgufModel(path, typeof place === "string" ? undefined : place);
  return closingOnError(file, async () => {
    const config = readModelConfig(await ggufConfig(file), file.name);
    return { config, tensors: parameterSource(ggufTensors(file), config.spec), close: () => file.close() };
  });
}

async function closingOnError<T>(file: { close(): Promise<void> }, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await file.close();
    throw error;
  }
}

function strangers(configIsOurs: boolean, folder: string): InvalidFileError {
  const [ours, theirs] = configIsOurs ? ["config.json", WEIGHTS_FILE] : [WEIGHTS_FILE, "config.json"];
  return new InvalidFileError(`${folder}: ${ours} was written by Anabranch, but ${theirs} was not.`, {
    subject: folder,
    cure: `One was damaged or replaced: write the model again, or take Anabranch's marks out of ${ours}.`,
  });
}
