import { type Float32Tensor, type Int8BlockTensor, UnsupportedError, type WeightTensor } from "@anabranch/core";
import type { ByteSource } from "../bytes/byte-source.js";
import { readQ4 } from "../quantize/gguf-blocks.js";
import { blockDecoders, type DecodeBlocks, splitQ8_0 } from "./blocks/index.js";
import type { GgufTensor } from "./tensor-info.js";
import { blockOf } from "./tensor-type.js";

/** Bytes read at a time: beside the tensor itself no more is in memory. */
const CHUNK = 2 ** 22;

/** The tensor decoded to float32. @throws UnsupportedError for a type that cannot be decoded */
export async function readFloats(source: ByteSource, tensor: GgufTensor): Promise<Float32Tensor> {
  const decode = requireDecoder(source, tensor);
  const { weights, bytes } = blockOf(tensor.type);
  const data = new Float32Array(elements(tensor.shape));
  await readChunks(source, tensor, (chunk, at) => decode(chunk, data, (at / bytes) * weights));
  return { format: "f32", shape: tensor.shape, data };
}

/** A matrix as it is stored, where that is a format of ours too; decoded otherwise. */
export async function readMatrix(source: ByteSource, tensor: GgufTensor): Promise<WeightTensor> {
  const { type, shape } = tensor;
  if (type === "Q8_0") return readQ8_0(source, tensor);
  if (type !== "Q4_0" && type !== "Q4_1") return readFloats(source, tensor);
  const bytes = await source.read(tensor.begin, tensor.end);
  return readQ4(type, bytes, shape as readonly [number, number]);
}

/** A Q8_0 matrix as it is: its integers (-128 too) and its scales, a block of 32 each. */
async function readQ8_0(source: ByteSource, tensor: GgufTensor): Promise<Int8BlockTensor> {
  const { weights, bytes } = blockOf("Q8_0");
  const count = elements(tensor.shape);
  const columns = tensor.shape.at(-1) as number;
  const data = new Int8Array(count);
  const scales = new Float32Array(count / weights);
  await readChunks(source, tensor, (chunk, at) => splitQ8_0(chunk, data, scales, at / bytes));
  return { format: "int8-block", shape: [count / columns, columns], data, blockSize: weights, scales };
}

/** Hands over the tensor's bytes in order, whole blocks at a time, each with its place in the tensor. */
async function readChunks(
  source: ByteSource,
  { type, begin, end }: GgufTensor,
  take: (chunk: Uint8Array, at: number) => void,
): Promise<void> {
  const { bytes } = blockOf(type);
  const step = Math.floor(CHUNK / bytes) * bytes;
  for (let at = begin; at < end; at += step) take(await source.read(at, Math.min(at + step, end)), at - begin);
}

function requireDecoder(source: ByteSource, { name, type }: GgufTensor): DecodeBlocks {
  const decode = blockDecoders[type];
  if (decode !== undefined) return decode;
  throw new UnsupportedError(`${source.name}: tensor "${name}" is ${type}, which cannot be read.`, {
    subject: name,
    cure: `Choose a file whose tensors are of these types: ${Object.keys(blockDecoders).join(", ")}.`,
  });
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
