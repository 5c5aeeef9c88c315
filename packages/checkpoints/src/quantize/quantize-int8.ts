import { type Float32Tensor, type Int8BlockTensor, NotFiniteError } from "@anabranch/core";
import { checkBlocks, DEFAULT_BLOCK_SIZE } from "./block-size.js";

/**
 * Symmetric 8-bit weights: each row is cut in blocks along its input axis, and a block's largest magnitude becomes ±127, or a little
 * less where `steps` are known. The error of a weight is at most half its block's scale.
 *
 * @param tensor [out, in]
 * @param blockSize weights a scale; a row's last block may be short
 * @param steps where the weights were rounded to steps before, as 4-bit weights are: those of each block, [out, blocks]. A scale that
 *   goes into the step keeps the distances between weights exactly.
 * @throws InvalidArgumentError for anything but a matrix; NotFiniteError
 */
export function quantizeInt8(
  tensor: Float32Tensor,
  blockSize = DEFAULT_BLOCK_SIZE,
  steps?: Float32Array,
): Int8BlockTensor {
  const [rows, columns] = checkBlocks(tensor, blockSize);
  const blocks = Math.ceil(columns / blockSize);
  // Asked for once: of a tensor in a file that is all of it read anew.
  const { data: weights } = tensor;
  const data = new Int8Array(rows * columns); // [out, in]
  const scales = new Float32Array(rows * blocks); // [out, blocks]
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const begin = row * columns + block * blockSize;
      const end = row * columns + Math.min((block + 1) * blockSize, columns);
      const at = row * blocks + block;
      scales[at] = quantizeBlock(weights, data, begin, end, steps?.[at]);
    }
  }
  return { format: "int8-block", shape: [rows, columns], data, blockSize, scales };
}

/** Fills data[begin..end) and returns the block's scale, as float32. */
function quantizeBlock(weights: Float32Array, data: Int8Array, begin: number, end: number, step = 0): number {
  let largest = 0;
  for (let i = begin; i < end; i++) {
    const magnitude = Math.abs(weights[i] as number);
    if (!(magnitude < Number.POSITIVE_INFINITY)) throw new NotFiniteError(`Weight ${i} is ${weights[i]}.`);
    if (magnitude > largest) largest = magnitude;
  }
  const scale = Math.fround(scaleFor(largest, Math.abs(step), weights[begin] as number));
  if (scale === 0) return 0;
  for (let i = begin; i < end; i++) {
    // Clamped because a scale in float32's subnormal range is itself rounded.
    data[i] = Math.max(-127, Math.min(127, Math.round((weights[i] as number) / scale)));
  }
  return scale;
}

/** Steps of 4 bits: a block with two different weights is no smaller than half a step. */
const MOST_PARTS = 2 * 127;

/**
 * The step divided by a whole number k: then all weights of the block lie equally far from a multiple of the scale, and k is chosen so
 * that they lie closest. largest / 127 where that is nearer on average, or no step is known.
 */
function scaleFor(largest: number, step: number, weight: number): number {
  const usual = largest / 127;
  let [scale, least] = [usual, usual / 4];
  for (let k = Math.min(MOST_PARTS, Math.floor(step / usual)); k > 0; k--) {
    const place = (weight * k) / step;
    const distance = (Math.abs(place - Math.round(place)) * step) / k;
    if (distance < least) [scale, least] = [step / k, distance];
  }
  return scale;
}
