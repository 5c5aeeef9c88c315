import { storePair } from "./lanes";
import { ceilDiv, f32TileBytes, TILE } from "./layout";
import { One } from "./multiply-halves";
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
    let touch = weights + (tile + 9 <= full ? 4 * tileBytes : 0);
    let at = x;
    let to = out + tile * TILE * 4;
    for (let row = rows; row > 0; ) {
      const count = ceilDiv(row, ceilDiv(row, PANEL_ROWS));
      if (count == 1) multiplyStrip<One>(weights, tileBytes, features, at, fromStride, to, toStride);
      else if (rows == 2) multiplyStrip<Two>(weights, tileBytes, features, at, fromStride, to, toStride);
      else {
        for (let beside: usize = 0; beside < 4; beside++) {
          const from = weights + beside * tileBytes;
          const into = to + beside * TILE * 4;
          if (count == 4) touch = multiplyPanel<Four>(from, tileBytes, features, at, fromStride, into, toStride, touch, touchStep);
          else if (count == 3) touch = multiplyPanel<Three>(from, tileBytes, features, at, fromStride, into, toStride, touch, touchStep);
          else touch = multiplyPanel<Two>(from, tileBytes, features, at, fromStride, into, toStride, touch, touchStep);
        }
      }
      (row -= count), (at += count * fromStride), (to += count * toStride);
    }
  }
  for (; tile < tileEnd; tile++) {
    let at = x;
    let to = out + tile * TILE * 4;
    for (let row = rows; row > 0; row--, at += fromStride, to += toStride) {
      multiplyTile(tiles + tile * tileBytes, features, at, to, outFeatures - tile * TILE);
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
  const zero = f32x4.splat(0);
  let a0 = zero, b0 = zero, c0 = zero, d0 = zero, a1 = zero, b1 = zero, c1 = zero, d1 = zero;
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
      if (sizeof<Rows>() >= sizeof<Three>()) (c0 = addProduct(c0, w0, xC)), (c1 = addProduct(c1, w1, xC)), (xC += 4);
      if (sizeof<Rows>() >= sizeof<Four>()) (d0 = addProduct(d0, w0, xD)), (d1 = addProduct(d1, w1, xD)), (xD += 4);
      (weights += TILE * 4), (x += 4), (xB += 4);
    } while (x < until);
  }
  storePair(out, a0, a1);
  storePair(out + outStride, b0, b1);
  if (sizeof<Rows>() >= sizeof<Three>()) storePair(out + 2 * outStride, c0, c1);
  if (sizeof<Rows>() >= sizeof<Four>()) storePair(out + 3 * outStride, d0, d1);
  return touch;
}

/**
 * 1 or 2 rows times 4 full tiles, of which each is a stream of its own: row a's outputs of the first tile are in a0 and a1, of the second
 * in a2 and a3, and so on. Two rows are too much for 16 registers of 128 bits, and yet no slower there: memory is.
 *
 * @typeParam Rows One or Two
 */
@inline
function multiplyStrip<Rows>(
  weights: usize,
  tileBytes: usize,
  features: usize,
  x: usize,
  xStride: usize,
  out: usize,
  outStride: usize,
): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
  let b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
  let second = weights + tileBytes, third = second + tileBytes, fourth = third + tileBytes;
  let xB = x + xStride;
  for (const end = x + features * 4; x < end; x += 4) {
    const p0 = v128.load(weights), p1 = v128.load(weights, 16);
    (a0 = addProduct(a0, p0, x)), (a1 = addProduct(a1, p1, x));
    if (sizeof<Rows>() > 1) (b0 = addProduct(b0, p0, xB)), (b1 = addProduct(b1, p1, xB));
    const q0 = v128.load(second), q1 = v128.load(second, 16);
    (a2 = addProduct(a2, q0, x)), (a3 = addProduct(a3, q1, x));
    if (sizeof<Rows>() > 1) (b2 = addProduct(b2, q0, xB)), (b3 = addProduct(b3, q1, xB));
    const r0 = v128.load(third), r1 = v128.load(third, 16);
    (a4 = addProduct(a4, r0, x)), (a5 = addProduct(a5, r1, x));
    if (sizeof<Rows>() > 1) (b4 = addProduct(b4, r0, xB)), (b5 = addProduct(b5, r1, xB));
    const s0 = v128.load(fourth), s1 = v128.load(fourth, 16);
    (a6 = addProduct(a6, s0, x)), (a7 = addProduct(a7, s1, x));
    if (sizeof<Rows>() > 1) (b6 = addProduct(b6, s0, xB)), (b7 = addProduct(b7, s1, xB)), (xB += 4);
    (weights += TILE * 4), (second += TILE * 4), (third += TILE * 4), (fourth += TILE * 4);
  }
  storePair(out, a0, a1), storePair(out + TILE * 4, a2, a3);
  storePair(out + TILE * 8, a4, a5), storePair(out + TILE * 12, a6, a7);
  if (sizeof<Rows>() > 1) {
    out += outStride;
    storePair(out, b0, b1), storePair(out + TILE * 4, b2, b3);
    storePair(out + TILE * 8, b4, b5), storePair(out + TILE * 12, b6, b7);
  }
}

/** One tile, full or not, times one row. */
function multiplyTile(weights: usize, features: usize, x: usize, out: usize, left: usize): void {
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
