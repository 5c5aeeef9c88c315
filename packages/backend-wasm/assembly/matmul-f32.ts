import { f32TileBytes, TILE } from "./layout";
import { storePair } from "./lanes";
import { storeTile } from "./store-tile";

/**
 * out[r, o] = sum over features, from first to last, of x[r, i] * weight[o, i], for all rows and the outputs of some
 * tiles.
 *
 * @param x [rows, xStride] f32
 * @param tiles as `packF32` lays them
 * @param out [rows, outStride] f32, of which [rows, outFeatures] is written
 */
export function matmulF32(
  x: usize,
  xStride: usize,
  rows: usize,
  tiles: usize,
  features: usize,
  out: usize,
  outFeatures: usize,
  outStride: usize,
  tileBegin: usize,
  tileEnd: usize,
): void {
  const fromStride = xStride * 4;
  const toStride = outStride * 4;
  for (let tile = tileBegin; tile < tileEnd; tile++) {
    const weights = tiles + tile * f32TileBytes(features);
    const left = outFeatures - tile * TILE;
    let from = x;
    let to = out + tile * TILE * 4;
    let row = rows;
    if (left < TILE) {
      for (; row > 0; row--, from += fromStride, to += toStride) multiplyLast(weights, features, from, to, left);
      return;
    }
    for (; row >= 4; row -= 4, from += 4 * fromStride, to += 4 * toStride) {
      multiplyTile(4, weights, features, from, fromStride, to, toStride);
    }
    if (row >= 2) {
      multiplyTile(2, weights, features, from, fromStride, to, toStride);
      (row -= 2), (from += 2 * fromStride), (to += 2 * toStride);
    }
    if (row > 0) multiplyTile(1, weights, features, from, fromStride, to, toStride);
  }
}

/**
 * One tile times 1, 2 or 4 rows: row a's outputs 0-3 are in a0, 4-7 in a1, and so on. Both are stored beside each other and used
 * nowhere else, so that V8 can make one vector of 256 bits of them.
 */
@inline
function multiplyTile(
  rows: i32,
  weights: usize,
  features: usize,
  x: usize,
  xStride: usize,
  out: usize,
  outStride: usize,
): void {
  let a0 = f32x4.splat(0), b0 = a0, c0 = a0, d0 = a0;
  let a1 = a0, b1 = a0, c1 = a0, d1 = a0;
  const xB = x + xStride, xC = x + 2 * xStride, xD = x + 3 * xStride;
  for (let at: usize = 0; at < features * 4; at += 4) {
    const w0 = v128.load(weights), w1 = v128.load(weights, 16);
    (a0 = addProduct(a0, w0, x + at)), (a1 = addProduct(a1, w1, x + at));
    if (rows > 1) (b0 = addProduct(b0, w0, xB + at)), (b1 = addProduct(b1, w1, xB + at));
    if (rows > 2) {
      (c0 = addProduct(c0, w0, xC + at)), (c1 = addProduct(c1, w1, xC + at));
      (d0 = addProduct(d0, w0, xD + at)), (d1 = addProduct(d1, w1, xD + at));
    }
    weights += TILE * 4;
  }
  storePair(out, a0, a1);
  if (rows > 1) storePair(out + outStride, b0, b1);
  if (rows > 2) storePair(out + 2 * outStride, c0, c1), storePair(out + 3 * outStride, d0, d1);
}

/** The last tile, of which only some outputs are wanted, times one row. */
function multiplyLast(weights: usize, features: usize, x: usize, out: usize, left: usize): void {
  let first = f32x4.splat(0), second = first;
  for (const end = x + features * 4; x < end; x += 4, weights += TILE * 4) {
    (first = addProduct(first, v128.load(weights), x)), (second = addProduct(second, v128.load(weights, 16), x));
  }
  storeTile(out, first, second, left);
}

@inline
function addProduct(sum: v128, weights: v128, x: usize): v128 {
  return f32x4.add(sum, f32x4.mul(weights, v128.load32_splat(x)));
}
