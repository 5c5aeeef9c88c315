import { ACTIVATION_OFFSET, dot4, halved } from "./dot";
import {
  blockBytes, ceilDiv, groupBytes, headerBytes, INT4, INT8, paddedBlock, quantizedRowBytes, TILE, TILE_HEADER,
  valueBytes,
} from "./layout";
import { storeTile } from "./store-tile";

/**
 * out[r, o] = sum over blocks of scale(o, block) * scale(r, block) * (integer dot product), for all rows and the
 * outputs of some tiles. A row's blocks are added from first to last, so its result is the same bits alone or among
 * others.
 *
 * @param x quantized rows, for the same features, block size and bits
 * @param tiles as `packInt8` lays them
 * @param out [rows, outStride] f32, of which [rows, outFeatures] is written
 */
export function matmulInt8(
  x: usize,
  rows: usize,
  bits: i32,
  tiles: usize,
  features: usize,
  blockSize: usize,
  out: usize,
  outFeatures: usize,
  outStride: usize,
  tileBegin: usize,
  tileEnd: usize,
): void {
  if (bits == 14) {
    matmul(INT8, true, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
  } else {
    matmul(INT8, false, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
  }
}

/** `matmulInt8` for tiles as `packInt4` lays them. */
export function matmulInt4(
  x: usize,
  rows: usize,
  bits: i32,
  tiles: usize,
  features: usize,
  blockSize: usize,
  out: usize,
  outFeatures: usize,
  outStride: usize,
  tileBegin: usize,
  tileEnd: usize,
): void {
  if (bits == 14) {
    matmul(INT4, true, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
  } else {
    matmul(INT4, false, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
  }
}

/** Every row meets a tile while it is in the first cache: weights are read once, however many rows there are. */
@inline
function matmul(
  format: i32,
  wide: bool,
  x: usize,
  rows: usize,
  tiles: usize,
  features: usize,
  blockSize: usize,
  out: usize,
  outFeatures: usize,
  outStride: usize,
  tileBegin: usize,
  tileEnd: usize,
): void {
  const blocks = ceilDiv(features, blockSize);
  const padded = paddedBlock(features, blockSize);
  const tileBytes = blocks * blockBytes(format, padded);
  const xStride = quantizedRowBytes(features, blockSize, wide ? 14 : 7);
  const stride = outStride * 4;
  for (let tile = tileBegin; tile < tileEnd; tile++) {
    const weights = tiles + tile * tileBytes;
    const left = outFeatures - tile * TILE;
    let at = x;
    let to = out + tile * TILE * 4;
    let row = rows;
    if (!halved(wide)) {
      for (; row >= 4; row -= 4, at += 4 * xStride, to += 4 * stride) {
        multiplyTile(format, wide, 4, weights, blocks, padded, at, xStride, to, stride, left);
      }
    }
    for (; row >= 2; row -= 2, at += 2 * xStride, to += 2 * stride) {
      multiplyTile(format, wide, 2, weights, blocks, padded, at, xStride, to, stride, left);
    }
    if (row > 0) multiplyTile(format, wide, 1, weights, blocks, padded, at, xStride, to, stride, left);
  }
}

/**
 * One tile times 1, 2 or 4 rows, or 1 or 2 `halved` ones, in registers. Of row a: a0 and a1 are the integer sums of
 * outputs 0-3 and 4-7, sumA0 and sumA1 the float sums over blocks; likewise b, c and d. A single row uses b for every
 * second group of features, since one chain of additions would wait for itself. Halved rows use a and c for the first
 * halves, b and d for the second ones.
 */
@inline
function multiplyTile(
  format: i32,
  wide: bool,
  wholeRows: i32,
  weights: usize,
  blocks: usize,
  padded: usize,
  x: usize,
  xStride: usize,
  out: usize,
  outStride: usize,
  left: usize,
): void {
  const halves: i32 = halved(wide) ? 2 : 1;
  const rows = wholeRows * halves;
  const group = groupBytes();
  const halfBytes = valueBytes(blocks, padded);
  const scalesAt = halves * halfBytes;
  const sumsAt = scalesAt + blocks * 4;
  let sumA0 = f32x4.splat(0), sumB0 = sumA0, sumC0 = sumA0, sumD0 = sumA0;
  let sumA1 = sumA0, sumB1 = sumA0, sumC1 = sumA0, sumD1 = sumA0;
  let xA = x;
  let xB = x + (halves > 1 ? halfBytes : xStride);
  let xC = x + (halves > 1 ? xStride : 2 * xStride);
  let xD = xC + (halves > 1 ? halfBytes : xStride);

  for (let block: usize = 0; block < blocks; block++) {
    const header = weights;
    weights += headerBytes(format);
    let a0 = startOf(header), a1 = startOf(header + 16);
    let b0 = i32x4.splat(0), b1 = b0;
    if (wholeRows > 1 && halves == 1) (b0 = a0), (b1 = a1);
    let c0 = a0, d0 = b0, c1 = a1, d1 = b1;

    const end = xA + (padded >> 2) * group;
    while (xA < end) {
      let w0 = v128.load(weights), w1 = v128.load(weights, 16);
      const packed0 = w0, packed1 = w1;
      if (format == INT4) (w0 = lowNibbles(packed0)), (w1 = lowNibbles(packed1));
      (a0 = dot4(w0, xA, a0)), (a1 = dot4(w1, xA, a1));
      if (rows > 1) (b0 = dot4(w0, xB, b0)), (b1 = dot4(w1, xB, b1));
      if (rows > 2) {
        (c0 = dot4(w0, xC, c0)), (c1 = dot4(w1, xC, c1));
        (d0 = dot4(w0, xD, d0)), (d1 = dot4(w1, xD, d1));
      }

      if (format == INT4) (w0 = highNibbles(packed0)), (w1 = highNibbles(packed1));
      else (w0 = v128.load(weights, 32)), (w1 = v128.load(weights, 48));
      if (rows > 1) {
        (a0 = dot4(w0, xA + group, a0)), (a1 = dot4(w1, xA + group, a1));
        (b0 = dot4(w0, xB + group, b0)), (b1 = dot4(w1, xB + group, b1));
      } else {
        (b0 = dot4(w0, xA + group, b0)), (b1 = dot4(w1, xA + group, b1));
      }
      if (rows > 2) {
        (c0 = dot4(w0, xC + group, c0)), (c1 = dot4(w1, xC + group, c1));
        (d0 = dot4(w0, xD + group, d0)), (d1 = dot4(w1, xD + group, d1));
      }
      weights += format == INT8 ? 64 : 32;
      xA += 2 * group;
      if (rows > 1) xB += 2 * group;
      if (rows > 2) (xC += 2 * group), (xD += 2 * group);
    }
    if (rows == 1) (a0 = i32x4.add(a0, b0)), (a1 = i32x4.add(a1, b1));
    if (halves > 1) {
      (a0 = joined(a0, b0)), (a1 = joined(a1, b1));
      (b0 = joined(c0, d0)), (b1 = joined(c1, d1));
    }

    const scales = x + scalesAt + block * 4;
    const sums = x + sumsAt + block * 4;
    sumA0 = addBlock(format, sumA0, a0, header, scales, sums);
    sumA1 = addBlock(format, sumA1, a1, header + 16, scales, sums);
    if (wholeRows > 1) {
      sumB0 = addBlock(format, sumB0, b0, header, scales + xStride, sums + xStride);
      sumB1 = addBlock(format, sumB1, b1, header + 16, scales + xStride, sums + xStride);
    }
    if (wholeRows > 2) {
      sumC0 = addBlock(format, sumC0, c0, header, scales + 2 * xStride, sums + 2 * xStride);
      sumC1 = addBlock(format, sumC1, c1, header + 16, scales + 2 * xStride, sums + 2 * xStride);
      sumD0 = addBlock(format, sumD0, d0, header, scales + 3 * xStride, sums + 3 * xStride);
      sumD1 = addBlock(format, sumD1, d1, header + 16, scales + 3 * xStride, sums + 3 * xStride);
    }
  }

  storeTile(out, sumA0, sumA1, left);
  if (wholeRows > 1) storeTile(out + outStride, sumB0, sumB1, left);
  if (wholeRows > 2) {
    storeTile(out + 2 * outStride, sumC0, sumC1, left);
    storeTile(out + 3 * outStride, sumD0, sumD1, left);
  }
}

/** What a block's integer sums begin with: minus what the activations' offset adds to them. */
@inline
function startOf(header: usize): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.mul(v128.load(header + TILE_HEADER), i32x4.splat(-ACTIVATION_OFFSET));
  return i32x4.splat(0);
}

/** The products of whole activations, of those of their first and of their second halves. */
@inline
function joined(first: v128, second: v128): v128 {
  return i32x4.add(i32x4.shl(first, 7), second);
}

/** sum + both scales * integer sum; with 4 bits, + offset of the weights * sum of the activations. */
@inline
function addBlock(format: i32, sum: v128, dot: v128, header: usize, scale: usize, activations: usize): v128 {
  const factor = f32x4.mul(v128.load(header), v128.load32_splat(scale));
  const added = f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_s(dot), factor));
  if (format == INT8) return added;
  const offsets = v128.load(header + headerBytes(INT4) - TILE_HEADER);
  return f32x4.add(added, f32x4.mul(offsets, v128.load32_splat(activations)));
}

@inline
function lowNibbles(packed: v128): v128 {
  return i8x16.sub(v128.and(packed, i8x16.splat(15)), i8x16.splat(8));
}

@inline
function highNibbles(packed: v128): v128 {
  return i8x16.sub(v128.and(i16x8.shr_u(packed, 4), i8x16.splat(15)), i8x16.splat(8));
}
