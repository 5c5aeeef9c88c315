import type { ModelSpec } from "./model-spec.js";
import type { PhraseTable } from "./phrase-table.js";
import type { StreamSpec } from "./stream-spec.js";
import type { TransitionCounts } from "./transition-counts.js";

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Where a tensor's bytes lie in a file, for runtimes that map files into memory rather than take arrays: `data` little-endian as in
 * the tensor, but 8-bit weights as {@link int8Blocks} lays them; `scales` and `offsets` as in the tensor.
 */
export interface StoredBytes {
  readonly file: string;
  readonly data: ByteRange;
  readonly scales?: ByteRange;
  readonly offsets?: ByteRange;
}

/** What a tensor may say beside its numbers. */
interface Storable {
  /** Reading the tensor's arrays may then read the file each time. */
  readonly stored?: StoredBytes;
}

/** Float32 weights, row-major. */
export interface Float32Tensor extends Storable {
  readonly format: "f32";
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Symmetric 8-bit weights of a matrix [out, in]: the last axis is cut in blocks of `blockSize` (the last block may be short),
 * each with one float scale: `w[o, i] = data[o * in + i] * scales[o * ceil(in / blockSize) + floor(i / blockSize)]`.
 */
export interface Int8BlockTensor extends Storable {
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
export interface Int4BlockTensor extends Storable {
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
  /**
   * Tokens that drafts are made of, ascending: the softmax of streams is over these alone. Absent: the whole vocabulary.
   * Verification knows every token all the same.
   */
  readonly draftVocabulary?: Int32Array;
  /** How the model's own texts go on, for the draft tree. */
  readonly transitions?: TransitionCounts;
  /** What the model's own texts mostly say after a few tokens, for drafts without any pass. */
  readonly phrases?: PhraseTable;
  readonly baseFingerprint?: string;
}

/** How many numbers a tensor's `data` has; for 4 bits, bytes. */
export function dataLength(tensor: WeightTensor): number {
  if (tensor.format !== "int4-block") return tensor.shape.reduce((size, length) => size * length, 1);
  const [rows, columns] = tensor.shape;
  return (rows * Math.ceil(columns / tensor.blockSize) * tensor.blockSize) / 2;
}

/** 8-bit weights with 128 for zero, a row's last block filled up: [out, ceil(in / blockSize), blockSize], as kernels read them. */
export function int8Blocks({ data, shape: [rows, columns], blockSize }: Int8BlockTensor): Uint8Array {
  const padded = Math.ceil(columns / blockSize) * blockSize;
  const bytes = new Uint8Array(rows * padded).fill(128);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      bytes[row * padded + column] = (data[row * columns + column] as number) + 128;
    }
  }
  return bytes;
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
    for (let block = 0; block < blocks; block++) {
      const scale = scales[row * blocks + block] as number;
      const offset = offsets === undefined ? 0 : (offsets[row * blocks + block] as number);
      const from = (row * blocks + block) * blockSize;
      const begin = row * columns + block * blockSize;
      const count = Math.min(blockSize, columns - block * blockSize);
      for (let index = 0; index < count; index++) {
        const byte = data[(from + index) >> 1] as number;
        out[begin + index] = (((byte >> (4 * (index & 1))) & 15) - 8) * scale + offset;
      }
    }
  }
  return out;
}
