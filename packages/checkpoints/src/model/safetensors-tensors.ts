import { type Float32Tensor, UnsupportedError } from "@anabranch/core";
import type { SafetensorsFile } from "../safetensors/open-safetensors.js";
import type { SafetensorsShards } from "../safetensors/open-shards.js";
import { readBlockSizes, readInt8, scalesName } from "./int8-file.js";
import type { TensorSource } from "./tensor-source.js";

/** One safetensors file; 8-bit weights with their scales where Anabranch wrote it. */
export function safetensorsTensors(file: SafetensorsFile): TensorSource {
  const blockSizes = readBlockSizes(file);
  const scales = new Set([...blockSizes.keys()].map(scalesName));
  return {
    name: file.name,
    has: (name) => file.tensors.has(name),
    names: () => [...file.tensors.keys()].filter((name) => !scales.has(name)),
    read: async (name) => {
      const blockSize = blockSizes.get(name);
      return blockSize === undefined ? readFloats(file, name) : readInt8(file, name, blockSize);
    },
  };
}

/** A checkpoint in several files. */
export function shardedTensors(shards: SafetensorsShards): TensorSource {
  return {
    name: shards.name,
    has: (name) => shards.tensors.has(name),
    names: () => shards.tensors.keys(),
    read: (name) => readFloats(shards, name),
  };
}

async function readFloats(file: SafetensorsFile | SafetensorsShards, name: string): Promise<Float32Tensor> {
  const data = await file.read(name);
  const shape = file.tensors.get(name)?.shape ?? [];
  if (data instanceof Float32Array) return { format: "f32", shape, data };
  throw new UnsupportedError(`${file.name}: tensor "${name}" is I8, but the file does not say where its scales are.`, {
    subject: name,
    cure: "Use the unquantised model; saveModel can quantise it.",
  });
}
