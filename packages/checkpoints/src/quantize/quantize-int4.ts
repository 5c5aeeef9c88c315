import { type Float32Tensor, type Int4BlockTensor, NotFiniteError } from "@anabranch/core";
import { checkBlocks, DEFAULT_BLOCK_SIZE } from "./block-size.js";

/**
 * 4-bit weights with an offset a block: a block's smallest weight becomes 0 and its largest 15, so the error of a weight is at
 * most half its block's scale, a thirtieth of the block's range.
 *
 * @param tensor [out, in]
 * @param blockSize weights a scale, even; a row's last block may be short
 * @throws InvalidArgumentError for anything but a matrix; NotFiniteError
 */
export function quantizeInt4(tensor: Float32Tensor, blockSize = DEFAULT_BLOCK_SIZE): Int4BlockTensor {
  const [rows, columns] = checkBlocks(tensor, blockSize, true);
  const blocks = Math.ceil(columns / blockSize);
  const data = new Uint8Array((rows * blocks * blockSize) / 2).fill(0x88); // [out, blocks, blockSize / 2]
  const scales = new Float32Array(rows * blocks);
  const offsets = new Float32Array(rows * blocks);
  // Asked for once: of a tensor in a file that is all of it read anew.
  const { data: numbers } = tensor;
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const begin = row * columns + block * blockSize;
      const weights = numbers.subarray(begin, Math.min(begin + blockSize, (row + 1) * columns));
      const { smallest, scale } = rangeOf(weights, begin);
      const at = row * blocks + block;
      scales[at] = scale;
      offsets[at] = smallest + 8 * scale;
      pack(weights, data, at * blockSize, smallest, scale);
    }
  }
  return { format: "int4-block", shape: [rows, columns], data, blockSize, scales, offsets };
}

function rangeOf(weights: Float32Array, begin: number): { smallest: number; scale: number } {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const [index, weight] of weights.entries()) {
    if (!Number.isFinite(weight)) throw new NotFiniteError(`Weight ${begin + index} is ${weight}.`);
    if (weight < smallest) smallest = weight;
    if (weight > largest) largest = weight;
  }
  return { smallest, scale: Math.fround((largest - smallest) / 15) };
}

/** @param from the block's first place, counted in nibbles */
function pack(weights: Float32Array, data: Uint8Array, from: number, smallest: number, scale: number): void {
  for (let index = 0; index < weights.length; index++) {
    const exact = scale === 0 ? 8 : ((weights[index] as number) - smallest) / scale;
    const q = Math.max(0, Math.min(15, Math.round(exact)));
    const byte = (from + index) >> 1;
    data[byte] = index % 2 === 0 ? ((data[byte] as number) & 0xf0) | q : ((data[byte] as number) & 0x0f) | (q << 4);
  }
}
