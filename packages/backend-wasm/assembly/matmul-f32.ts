import { storePair } from "./lanes";
import { ceilDiv, f32TileBytes, TILE } from "./layout";
import { aheadOf } from "./read-ahead";
import { Three, Two } from "./multiply-panel";
import { Four } from "./multiply-single";
import { storeTile } from "./store-tile";

/** Rows that meet a tile at once, at most. */
const PANEL_ROWS: usize = 4;

/** Bytes of a row's features between two looks ahead. */
const STRETCH: usize = 32;

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
  const tileBytes = f32TileBytes(features);
  const full = min(tileEnd, outFeatures / TILE);
  const touchStep = ceilDiv(tileBytes, 4 * ceilDiv(rows, PANEL_ROWS) * ceilDiv(features * 4, STRETCH));
  let tile = tileBegin;
  // Four tiles at a time, see multiply-strip.ts and multiply-panel.ts.
  for (; tile + 4 <= full; tile += 4) {
    const weights = tiles + tile * tileBytes;
    const into = out + tile * TILE * 4;
    if (rows == 1) {
      multiplyStrip(weights, tileBytes, features, x, into);
      continue;
    }
    let touch = weights + aheadOf(tile, tileBegin, full, outFeatures) * tileBytes;
    for (let beside: usize = 0; beside < 4; beside++) {
      const from = weights + beside * tileBytes;
      let at = x;
      let to = into + beside * TILE * 4;
      for (let row = rows; row > 0; ) {
        const count = ceilDiv(row, ceilDiv(row, PANEL_ROWS));
        if (count == 4) touch = multiplyPanel<Four>(from, tileBytes, features, at, fromStride, to, toStride, touch, touchStep);
        else if (count == 3) touch = multiplyPanel<Three>(from, tileBytes, features, at, fromStride, to, toStride, touch, touchStep);
        else touch = multiplyPanel<Two>(from, tileBytes, features, at, fromStride, to, toStride, touch, touchStep);
        (row -= count), (at += count * fromStride), (to += count * toStride);
      }
    }
  }
  for (; tile < tileEnd; tile++) {
    let at = x;
    let to = out + tile * TILE * 4;
    for (let row = rows; row > 0; row--, at += fromStride, to += toStride) {
      multiplySingle(tiles + tile * tileBytes, features, at, to, outFeatures - tile * TILE);
    }
  }
}

/**
 * One full tile times 2 to 4 rows: row a's outputs 0-3 are in a0, 4-7 in a1, and so on. Both are stored beside each other and used
 * nowhere else, so that V8 can make one vector of 256 bits of them.
 *
 * @typeParam Rows Two, Three or Four
 * @param touch where the first of four stretches begins that are multiplied next
 * @returns where the next part of it begins
 */
@inline
function multiplyPanel<Rows>(
  weights: usize,
  tileBytes: usize,
  features: usize,
  x: usize,
  xStride: usize,
  out: usize,
  outStride: usize,
  touch: usize,
  touchStep: usize,
): usize {
  let a0 = f32x4.splat(0), b0 = a0, c0 = a0, d0 = a0;
  let a1 = a0, b1 = a0, c1 = a0, d1 = a0;
  let xB = x + xStride, xC = x + 2 * xStride, xD = x + 3 * xStride;
  const end = x + features * 4;
  for (; x < end; touch += touchStep) {
    load<i32>(touch);
    load<i32>(touch + tileBytes);
    load<i32>(touch + 2 * tileBytes);
    load<i32>(touch + 3 * tileBytes);
    const until = min(x + STRETCH, end);
    do {
      const w0 = v128.load(weights), w1 = v128.load(weights, 16);
      (a0 = addProduct(a0, w0, x)), (a1 = addProduct(a1, w1, x));
      (b0 = addProduct(b0, w0, xB)), (b1 = addProduct(b1, w1, xB));
      if (sizeof<Rows>() >= sizeof<Three>()) (c0 = addProduct(c0, w0, xC)), (c1 = addProduct(c1, w1, xC));
      if (sizeof<Rows>() >= sizeof<Four>()) (d0 = addProduct(d0, w0, xD)), (d1 = addProduct(d1, w1, xD));
      weights += TILE * 4;
      (x += 4), (xB += 4);
      if (sizeof<Rows>() >= sizeof<Three>()) xC += 4;
      if (sizeof<Rows>() >= sizeof<Four>()) xD += 4;
    } while (x < until);
  }
  storePair(out, a0, a1);
  storePair(out + outStride, b0, b1);
  if (sizeof<Rows>() >= sizeof<Three>()) storePair(out + 2 * outStride, c0, c1);
  if (sizeof<Rows>() >= sizeof<Four>()) storePair(out + 3 * outStride, d0, d1);
  return touch;
}

/** One row times 4 full tiles, a to d. */
@inline
function multiplyStrip(weights: usize, tileBytes: usize, features: usize, x: usize, out: usize): void {
  let wB = weights + tileBytes, wC = wB + tileBytes, wD = wC + tileBytes;
  let a0 = f32x4.splat(0), b0 = a0, c0 = a0, d0 = a0;
  let a1 = a0, b1 = a0, c1 = a0, d1 = a0;
  for (const end = x + features * 4; x < end; x += 4) {
    (a0 = addProduct(a0, v128.load(weights), x)), (a1 = addProduct(a1, v128.load(weights, 16), x));
    (b0 = addProduct(b0, v128.load(wB), x)), (b1 = addProduct(b1, v128.load(wB, 16), x));
    (c0 = addProduct(c0, v128.load(wC), x)), (c1 = addProduct(c1, v128.load(wC, 16), x));
    (d0 = addProduct(d0, v128.load(wD), x)), (d1 = addProduct(d1, v128.load(wD, 16), x));
    (weights += TILE * 4), (wB += TILE * 4), (wC += TILE * 4), (wD += TILE * 4);
  }
  storePair(out, a0, a1);
  storePair(out + TILE * 4, b0, b1);
  storePair(out + TILE * 8, c0, c1);
  storePair(out + TILE * 12, d0, d1);
}

/** One tile, full or not, times one row. */
function multiplySingle(weights: usize, features: usize, x: usize, out: usize, left: usize): void {
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
