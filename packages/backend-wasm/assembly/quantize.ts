import { activationLevels, halved, NIBBLE_OFFSET, storeActivations, storeSixteen, weightOffset } from "./dot";
import { hidden, loadFirst, ROUNDING } from "./lanes";
import {
  ceilDiv, GROUP, paddedBlock, quantizedRowBytes, ROW_HEADER, SCALE, START4, START8, STEP, STEP_BYTES, stepBytes, SUM, VALUES,
} from "./layout";

/** Where no number is as large as this, all count as 0: levels / max would overflow, and products be very slow. */
const SMALLEST: f32 = 1e-30;

/**
 * Quantizes rows of activations symmetrically: q = round(x * levels / max|x|), ties to even, with 127 levels for 8 bits
 * and 8191 for 14. The maximum is a block's.
 *
 * @param x [rows, xStride] f32
 * @param blockSize of the weights that the rows will meet; at most 2048 for 14 bits: 128 * 8191 * 2048 just fits an i32
 * @param out rows of `quantizedRowBytes` each
 */
export function quantize(
  x: usize,
  xStride: usize,
  features: usize,
  blockSize: usize,
  bits: i32,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  const outStride = quantizedRowBytes(features, blockSize, bits);
  const rounding = hidden(ROUNDING, features);
  for (let row = rowBegin; row < rowEnd; row++) {
    const from = x + row * xStride * 4;
    const to = out + row * outStride;
    if (bits == 14) quantizeRow(true, from, features, blockSize, rounding, to);
    else quantizeRow(false, from, features, blockSize, rounding, to);
  }
}

@inline
function quantizeRow(wide: bool, x: usize, features: usize, blockSize: usize, rounding: v128, out: usize): void {
  const levels = <f32>activationLevels(wide);
  const most = hidden(activationLevels(wide), features);
  const blocks = ceilDiv(features, blockSize);
  const padded = paddedBlock(features, blockSize);
  for (let block: usize = 0; block < blocks; block++) {
    const from = x + block * blockSize * 4;
    const length = min(blockSize, features - block * blockSize);
    let largest = largestOf(from, length);
    if (largest < SMALLEST) largest = 0;
    const scale = largest / levels;
    const inverse: f32 = largest == 0 ? 0 : levels / largest;
    const sum = quantizeBlock(wide, from, length, padded, inverse, rounding, most, out + VALUES);
    // Weights are stored with an offset in the relaxed build, which adds as much to every sum.
    store<i32>(out, EXACT_DOT ? -weightOffset * sum : 0, START8);
    store<i32>(out, -NIBBLE_OFFSET * sum, START4);
    out += (padded / STEP) * stepBytes(wide);
    store<f32>(out, scale, SCALE);
    store<f32>(out, <f32>sum * scale, SUM);
    out += ROW_HEADER;
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
  rounding: v128,
  most: v128,
  out: usize,
): i32 {
  const factor = f32x4.splat(inverse);
  let sum = i32x4.splat(0);
  let at: usize = 0;
  for (; at + 16 <= length; at += 16) {
    const from = x + at * 4;
    const a = rounded(v128.load(from), factor, rounding, most), b = rounded(v128.load(from, 16), factor, rounding, most);
    const c = rounded(v128.load(from, 32), factor, rounding, most);
    const d = rounded(v128.load(from, 48), factor, rounding, most);
    storeSixteen(out + (at / STEP) * stepBytes(wide), a, b, c, d, wide);
    sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
  }
  for (; at < padded; at += 4) {
    const numbers = at < length ? loadFirst(x + at * 4, length - at) : f32x4.splat(0);
    const q = rounded(numbers, factor, rounding, most);
    const to = out + (at / STEP) * stepBytes(wide) + ((at & 4) >> 2) * GROUP;
    storeActivations(to, to + STEP_BYTES, q, wide);
    sum = i32x4.add(sum, q);
  }
  sum = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1);
}

/**
 * x * factor to the nearest integers, ties to even. What is no number becomes one in the range of activations.
 *
 * @param rounding `ROUNDING` in every lane
 * @param most the largest activation
 */
@inline
function rounded(x: v128, factor: v128, rounding: v128, most: v128): v128 {
  return i32x4.min_s(i32x4.sub(f32x4.add(f32x4.mul(x, factor), rounding), rounding), most);
}

/** max |x|; NaN where there is one, so that it reaches the output: without their signs, floats are ordered as integers are. */
@inline
function largestOf(x: usize, length: usize): f32 {
  const unsigned = i32x4.splat(0x7fffffff);
  let a = i32x4.splat(0), b = a;
  let at: usize = 0;
  for (; at + 8 <= length; at += 8) {
    a = i32x4.max_s(a, v128.and(v128.load(x + at * 4), unsigned));
    b = i32x4.max_s(b, v128.and(v128.load(x + at * 4, 16), unsigned));
  }
  for (; at < length; at += 4) a = i32x4.max_s(a, v128.and(loadFirst(x + at * 4, length - at), unsigned));
  a = i32x4.max_s(a, b);
  a = i32x4.max_s(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1));
  return max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1));
}
