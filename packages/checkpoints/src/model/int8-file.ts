import {
  type Float32Tensor,
  type Int8BlockTensor,
  InvalidFileError,
  ShapeMismatchError,
  toFloat32,
  UnsupportedError,
  type WeightTensor,
} from "@anabranch/core";
import * as v from "valibot";
import { checkFields, parseJsonObject, size } from "../config/check-fields.js";
import type { SafetensorsFile } from "../safetensors/open-safetensors.js";
import type { NewTensor } from "../safetensors/write-safetensors.js";

/** In `__metadata__`: JSON, a quantised tensor's name to its block size. Which tensors have scales beside them. */
const INT8_BLOCKS = "anabranch.int8_blocks";

/** The name of a quantised tensor's scales, [out, blocks]. */
export const scalesName = (tensor: string): string => `${tensor}.scales`;

/** Adds a weight as the file has it: one F32 tensor, or I8 with F32 scales; notes its block size. */
export function addWeight(
  name: string,
  weight: WeightTensor,
  tensors: Map<string, NewTensor>,
  blockSizes: Map<string, number>,
): void {
  if (weight.format !== "int8-block") {
    tensors.set(name, { shape: weight.shape, data: toFloat32(weight) });
    return;
  }
  const { shape, data, blockSize, scales } = weight;
  tensors.set(name, { shape, data });
  tensors.set(scalesName(name), { shape: [shape[0], Math.ceil(shape[1] / blockSize)], data: scales });
  blockSizes.set(name, blockSize);
}

export const int8Metadata = (blockSizes: ReadonlyMap<string, number>): Record<string, string> =>
  blockSizes.size === 0 ? {} : { [INT8_BLOCKS]: JSON.stringify(Object.fromEntries(blockSizes)) };

export function readBlockSizes(file: SafetensorsFile): ReadonlyMap<string, number> {
  const json = file.metadata.get(INT8_BLOCKS);
  if (json === undefined) return new Map();
  const fields = parseJsonObject(json, `${file.name} (${INT8_BLOCKS})`);
  return new Map(Object.entries(checkFields(v.record(v.string(), size()), fields, file.name)));
}

/** @throws ShapeMismatchError when the scales do not fit; InvalidFileError when the data are no integers. */
export async function readInt8(file: SafetensorsFile, name: string, blockSize: number): Promise<Int8BlockTensor> {
  const [rows, columns] = file.tensors.get(name)?.shape ?? [];
  const data = await file.read(name);
  const scales = await file.read(scalesName(name));
  if (
    rows === undefined ||
    columns === undefined ||
    !(data instanceof Int8Array) ||
    !(scales instanceof Float32Array)
  ) {
    throw new InvalidFileError(`${file.name}: "${name}" is said to be an int8 matrix with float scales, but is not.`, {
      subject: name,
    });
  }
  const blocks = Math.ceil(columns / blockSize);
  const found = file.tensors.get(scalesName(name))?.shape ?? [];
  if (found.length !== 2 || found[0] !== rows || found[1] !== blocks) {
    throw new ShapeMismatchError(`${file.name}: "${scalesName(name)}" is [${found}] instead of [${rows},${blocks}].`, {
      subject: scalesName(name),
    });
  }
  return { format: "int8-block", shape: [rows, columns], data, blockSize, scales };
}

/**
 * A tensor as float32, whatever the file holds.
 *
 * @param blockSize of {@link readBlockSizes}; absent: it is not quantised
 * @throws UnsupportedError for integers without scales; what {@link readInt8} throws
 */
export async function readFloat32(file: SafetensorsFile, name: string, blockSize?: number): Promise<Float32Tensor> {
  const shape = file.tensors.get(name)?.shape ?? [];
  if (blockSize !== undefined) {
    return { format: "f32", shape, data: toFloat32(await readInt8(file, name, blockSize)) };
  }
  const data = await file.read(name);
  if (data instanceof Float32Array) return { format: "f32", shape, data };
  throw new UnsupportedError(`${file.name}: tensor "${name}" is I8, but the file does not say where its scales are.`, {
    subject: name,
  });
}
