import type { ModelSpec } from "./model-spec.js";
import type { StreamSpec } from "./stream-spec.js";

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
  /** -127..127, [out, in] */
  readonly data: Int8Array;
  readonly blockSize: number;
  /** [out, ceil(in / blockSize)] */
  readonly scales: Float32Array;
}

export type WeightTensor = Float32Tensor | Int8BlockTensor;

/** A base model in memory: its shape and its weights by the names of `parameterNames`. */
export interface ModelWeights {
  readonly spec: ModelSpec;
  readonly tensors: ReadonlyMap<string, WeightTensor>;
}

/** A stream adapter in memory. `baseFingerprint` is that of the model it was trained on (checkpoints computes it). */
export interface Adapter {
  readonly streams: StreamSpec;
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  readonly baseFingerprint?: string;
}

/** The tensor's values as float32, row-major; the tensor's own array when it already is. */
export function toFloat32(tensor: WeightTensor): Float32Array {
  if (tensor.format === "f32") return tensor.data;
  const [rows, columns] = tensor.shape;
  const blocks = Math.ceil(columns / tensor.blockSize);
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const scale = tensor.scales[row * blocks + Math.floor(column / tensor.blockSize)] as number;
      out[row * columns + column] = (tensor.data[row * columns + column] as number) * scale;
    }
  }
  return out;
}
