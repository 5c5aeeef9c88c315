import { InvalidFileError, MissingTensorError } from "@anabranch/core";
import { type Folder, openIn, pathIn } from "../bytes/folder.js";
import type { SafetensorsEntry } from "./header.js";
import { openSafetensors, type SafetensorsFile, type TensorData } from "./open-safetensors.js";
import { INDEX_FILE, readShardIndex } from "./shard-index.js";

/** A checkpoint in several safetensors files. */
export interface SafetensorsShards {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  /** As of {@link SafetensorsFile}. */
  read(tensor: string): Promise<TensorData>;
  close(): Promise<void>;
}

/**
 * Opens all shards of a folder's model.safetensors.index.json and holds the index against them.
 *
 * @throws InvalidFileError naming the tensor that is not in its shard; IoError naming the shard that is not there; and what
 *   `openSafetensors` throws
 */
export async function openShards(folder: Folder): Promise<SafetensorsShards> {
  const name = pathIn(folder, INDEX_FILE);
  const index = await readShardIndex(folder);
  const shards = new Map<string, SafetensorsFile>();
  const close = async () => {
    await Promise.all([...shards.values()].map((shard) => shard.close()));
  };
  try {
    const tensors = new Map<string, SafetensorsEntry>();
    for (const [tensor, file] of index) {
      const shard = shards.get(file) ?? (await openSafetensors(await openIn(folder, file)));
      shards.set(file, shard);
      const entry = shard.tensors.get(tensor);
      if (entry === undefined) throw notInShard(name, tensor, file);
      tensors.set(tensor, entry);
    }
    return {
      name,
      tensors,
      read: async (tensor) => {
        const shard = shards.get(index.get(tensor) ?? "");
        if (shard === undefined)
          throw new MissingTensorError(`${name} has no tensor "${tensor}".`, { subject: tensor });
        return shard.read(tensor);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function notInShard(name: string, tensor: string, file: string): InvalidFileError {
  return new InvalidFileError(`${name} says that tensor "${tensor}" is in ${file}, but it is not.`, {
    subject: tensor,
    cure: "The index and the shards are not of one model: fetch the folder again.",
  });
}
