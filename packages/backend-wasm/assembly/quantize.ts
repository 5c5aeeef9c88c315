import { activationLevels, halved, storeActivations } from "./dot";
import { loadFirst, maxLanes } from "./lanes";
import { ceilDiv, groupBytes, paddedBlock, quantizedRowBytes, valueBytes } from "./layout";

/** Where no number is as large as this, all count as 0: levels / max would overflow, and products be very slow. */
const SMALLEST: f32 = 1e-30;

/**
 * Quantizes rows of activations symmetrically: q = round(x * levels / max|x|), ties to even, with 63 levels for 7 bits
 * and 8191 for 14. The maximum is a block's, or the whole row's.
 *
 * @param x [rows, xStride] f32
 * @param blockSize of the weights that the rows will meet; at most 2048 for 14 bits: 128 * 8191 * 2048 just fits an i32
 * @param perRow one scale a row rather than one a block
 * @param out rows of `quantizedRowBytes` each
 */
export function quantize(
  x: usize,
  xStride: usize,
  features: usize,
  blockSize: usize,
  bits: i32,
  perRow: bool,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  const outStride = quantizedRowBytes(features, blockSize, bits);
  for (let row = rowBegin; row < rowEnd; row++) {
    const from = x + row * xStride * 4;
    const to = out + row * outStride;
    if (bits == 14) quantizeRow(true, from, features, blockSize, perRow, to);
    else quantizeRow(false, from, features, blockSize, perRow, to);
  }
}

@inline
function quantizeRow(wide: bool, x: usize, features: usize, blockSize: usize, perRow: bool, out: usize): void {
  const levels = <f32>activationLevels(wide);
  const blocks = ceilDiv(features, blockSize);
  const padded = paddedBlock(features, blockSize);
  const blockStride = valueBytes(1, padded);
  const halfBytes = valueBytes(blocks, padded);
  const scales = out + (halved(wide) ? 2 : 1) * halfBytes;
  const sums = scales + blocks * 4;
  let largest = perRow ? largestOf(x, features) : 0;
  for (let block: usize = 0; block < blocks; block++) {
    const from = x + block * blockSize * 4;
    const length = min(blockSize, features - block * blockSize);
    if (!perRow) largest = largestOf(from, length);
    if (largest < SMALLEST) largest = 0;
    const scale = largest / levels;
    const inverse: f32 = largest == 0 ? 0 : levels / largest;
    const sum = quantizeBlock(wide, from, length, padded, inverse, out + block * blockStride, halfBytes);
    store<f32>(scales + block * 4, scale);
    store<f32>(sums + block * 4, <f32>sum * scale);
  }
}

/** Quantizes `length` numbers, fills up with zeros to `padded`; the sum of the integers. */
@inline
function quantizeBlock(
  wide: bool,
  x: usize,
  length: usize,
  padded: usize,
  inverse: f32,
  out: usize,
  halfBytes: usize,
): i32 {
  const factor = f32x4.splat(inverse);
  let sum = i32x4.splat(0);
  for (let at: usize = 0; at < padded; at += 4) {
    const numbers = at < length ? loadFirst(x + at * 4, length - at) : f32x4.splat(0);
    const q = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(numbers, factor)));
    storeActivations(out, out + halfBytes, q, wide);
    out += groupBytes();
    sum = i32x4.add(sum, q);
  }
  return (
    i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3)
  );
}

/** max |x|; NaN where there is one, so that it reaches the output. */
function largestOf(x: usize, length: usize): f32 {
  let largest = f32x4.splat(0);
  for (let at: usize = 0; at < length; at += 4) {
    largest = f32x4.max(largest, f32x4.abs(loadFirst(x + at * 4, length - at)));
  }
  return maxLanes(largest);
}
