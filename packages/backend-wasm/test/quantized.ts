import type { Int4BlockTensor, Int8BlockTensor } from "@anabranch/core";
import type { ActivationBits } from "../src/index.js";
import { randomFloats, randomNumbers } from "./random-numbers.js";

const round = Math.fround;

/** To the nearest integer, ties to even. */
function nearestEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}

export interface QuantizedRow {
  /** [features], in -127..127 or -8191..8191 */
  readonly values: Int32Array;
  /** [blocks] */
  readonly scales: Float32Array;
  /** [blocks] sums of the dequantized values */
  readonly sums: Float32Array;
}

/** What the kernel `quantize` computes of one row, in plain JavaScript. */
export function quantizeRow(x: Float32Array, blockSize: number, bits: ActivationBits): QuantizedRow {
  const levels = bits === 8 ? 127 : 8191;
  const blocks = Math.ceil(x.length / blockSize);
  const values = new Int32Array(x.length);
  const scales = new Float32Array(blocks);
  const sums = new Float32Array(blocks);
  const largestOf = (numbers: Float32Array): number =>
    numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  for (let block = 0; block < blocks; block++) {
    const first = block * blockSize;
    const piece = x.subarray(first, first + blockSize);
    const found = largestOf(piece);
    const largest = found < round(1e-30) ? 0 : found;
    const inverse = largest === 0 ? 0 : round(levels / largest);
    const scale = round(largest / levels);
    let sum = 0;
    piece.forEach((number, index) => {
      const value = nearestEven(round(number * inverse));
      values[first + index] = value;
      sum += value;
    });
    scales[block] = scale;
    sums[block] = round(sum * scale);
  }
  return { values, scales, sums };
}

/** One output, rounding wherever the kernels round. */
export function dotRow(x: QuantizedRow, weights: Int8BlockTensor | Int4BlockTensor, output: number): number {
  const { blockSize, scales } = weights;
  const features = weights.shape[1];
  const blocks = Math.ceil(features / blockSize);
  let total = 0;
  for (let block = 0; block < blocks; block++) {
    let dot = 0;
    for (let index = block * blockSize; index < Math.min((block + 1) * blockSize, features); index++) {
      dot += integerWeight(weights, output, index) * (x.values[index] as number);
    }
    const at = output * blocks + block;
    const factor = round((scales[at] as number) * (x.scales[block] as number));
    total = round(total + round(round(dot) * factor));
    if (weights.format === "int4-block") {
      const offset = weights.offsets === undefined ? 0 : (weights.offsets[at] as number);
      total = round(total + round(offset * (x.sums[block] as number)));
    }
  }
  return total;
}

function integerWeight(weights: Int8BlockTensor | Int4BlockTensor, output: number, index: number): number {
  const features = weights.shape[1];
  if (weights.format === "int8-block") return weights.data[output * features + index] as number;
  const blocks = Math.ceil(features / weights.blockSize);
  const byte = weights.data[(output * blocks * weights.blockSize + index) >> 1] as number;
  return ((byte >> (4 * (index & 1))) & 15) - 8;
}

/** Weights that take all 256 values, the ends most of all. */
export function randomInt8(seed: number, rows: number, features: number, blockSize: number): Int8BlockTensor {
  const next = randomNumbers(seed);
  const value = (): number => (next() < 0.2 ? (next() < 0.5 ? -128 : 127) : Math.floor(next() * 256) - 128);
  return {
    format: "int8-block",
    shape: [rows, features],
    data: Int8Array.from({ length: rows * features }, value),
    blockSize,
    scales: randomFloats(seed + 1, rows * Math.ceil(features / blockSize), 0.01),
  };
}

/** The same with scales that 16-bit floats hold, subnormal ones among them; of long blocks they stay 32-bit. */
export function randomHalfInt8(seed: number, rows: number, features: number, blockSize: number): Int8BlockTensor {
  const tensor = randomInt8(seed, rows, features, blockSize);
  const scales = tensor.scales.map((scale, index) => {
    const size = Math.abs(scale) * (index % 8 === 7 ? 2 ** -10 : 1);
    // 10 bits of mantissa, down to 2^-24.
    const unit = 2 ** Math.max(-24, Math.floor(Math.log2(size)) - 10);
    return Math.round(size / unit) * unit;
  });
  return { ...tensor, scales };
}

/** One block a row, of the same weight everywhere. */
export function constantInt8(weight: number, rows: number, features: number): Int8BlockTensor {
  const data = new Int8Array(rows * features).fill(weight);
  return {
    format: "int8-block",
    shape: [rows, features],
    data,
    blockSize: features,
    scales: new Float32Array(rows).fill(1),
  };
}

export function randomInt4(seed: number, rows: number, features: number, blockSize: number): Int4BlockTensor {
  const next = randomNumbers(seed);
  const blocks = rows * Math.ceil(features / blockSize);
  return {
    format: "int4-block",
    shape: [rows, features],
    data: Uint8Array.from({ length: (blocks * blockSize) / 2 }, () => Math.floor(next() * 256)),
    blockSize,
    scales: randomFloats(seed + 1, blocks, 0.01),
    ...(seed % 2 === 0 && { offsets: randomFloats(seed + 2, blocks, 0.01) }),
  };
}
