import type { ModelSpec } from "./model-spec.js";
import type { StreamSpec } from "./stream-spec.js";
import type { TransitionCounts } from "./transition-counts.js";

/** Float32 weights, row-major. */
export interface Float32Tensor {
  readonly format: "f32";
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Symmetric 8-bit weights of a matrix [out, in]: the last axis is cut in blocks of `blockSize` (the last block may be short),
 * each with one float scale: `w[o, i] = data[o * in + i] * scales[o * ceil(in / blockSize) + floor(i / blockSize)]`.
 */
export interface Int8BlockTensor {
  readonly format: "int8-block";
  readonly shape: readonly [number, number];
  /** -128..127, [out, in] */
  readonly data: Int8Array;
  readonly blockSize: number;
  /** [out, ceil(in / blockSize)] */
  readonly scales: Float32Array;
}

/**
 * 4-bit weights of a matrix [out, in], in blocks of `blockSize` along the last axis: `w = (q - 8) * scale + offset`, with the scale
 * and the offset of the block. Offsets are real numbers, so that a block's smallest weight need not be a multiple of its scale.
 */
export interface Int4BlockTensor {
  readonly format: "int4-block";
  readonly shape: readonly [number, number];
  /** q, 0..15, two a byte, the first in the low nibble; a row's last block is filled up. [out, ceil(in / blockSize), blockSize / 2] */
  readonly data: Uint8Array;
  /** Even. */
  readonly blockSize: number;
  /** [out, ceil(in / blockSize)] */
  readonly scales: Float32Array;
  /** [out, ceil(in / blockSize)]; 0 everywhere when absent. */
  readonly offsets?: Float32Array;
}

export type WeightTensor = Float32Tensor | Int8BlockTensor | Int4BlockTensor;

/** A base model in memory: its shape and its weights by the names of `parameterNames`. */
export interface ModelWeights {
  readonly spec: ModelSpec;
  readonly tensors: ReadonlyMap<string, WeightTensor>;
}

/** A stream adapter in memory. `baseFingerprint` is that of the model it was trained on (checkpoints computes it). */
export interface Adapter {
  readonly streams: StreamSpec;
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  /** How the model's own texts go on, for the draft tree. */
  readonly transitions?: TransitionCounts;
  readonly baseFingerprint?: string;
}

/** How many numbers a tensor's `data` has; for 4 bits, bytes. */
export function dataLength(tensor: WeightTensor): number {
  if (tensor.format !== "int4-block") return tensor.shape.reduce((size, length) => size * length, 1);
  const [rows, columns] = tensor.shape;
  return (rows * Math.ceil(columns / tensor.blockSize) * tensor.blockSize) / 2;
}

/** The tensor's values as float32, row-major; the tensor's own array when it already is. */
export function toFloat32(tensor: WeightTensor): Float32Array {
  switch (tensor.format) {
    case "f32":
      return tensor.data;
    case "int8-block":
      return int8ToFloat32(tensor);
    case "int4-block":
      return int4ToFloat32(tensor);
  }
}

function int8ToFloat32({ shape: [rows, columns], data, blockSize, scales }: Int8BlockTensor): Float32Array {
  const blocks = Math.ceil(columns / blockSize);
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const scale = scales[row * blocks + block] as number;
      const end = row * columns + Math.min((block + 1) * blockSize, columns);
      for (let at = row * columns + block * blockSize; at < end; at++) out[at] = (data[at] as number) * scale;
    }
  }
  return out;
}

function int4ToFloat32({ shape: [rows, columns], data, blockSize, scales, offsets }: Int4BlockTensor): Float32Array {
  const blocks = Math.ceil(columns / blockSize);
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const block = row * blocks + Math.floor(column / blockSize);
      const place = block * blockSize + (column % blockSize);
      const q = ((data[place >> 1] as number) >> (4 * (place & 1))) & 15;
      out[row * columns + column] = (q - 8) * (scales[block] as number) + (offsets?.[block] ?? 0);
    }
  }
  return out;
}
