import { storePair } from "./lanes";
import { ceilDiv, f32TileBytes, TILE } from "./layout";
import { One } from "./multiply-halves";
import { Three, Two } from "./multiply-panel";
import { Four } from "./multiply-single";
import { nextApart, nextBytes, nextTiles } from "./read-ahead";
import { storeTile } from "./store-tile";
import { isWide } from "./wide";

/** Tiles that rows meet at once. */
const PANEL_TILES: usize = 2;

/** Bytes of a row's features between two looks ahead. */
const STRETCH: usize = 16;

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
  // As many sums as fit 16 registers: two a row, of half a vector's bits twice as many.
  const most: usize = isWide() ? 4 : 2;
  const looks = (4 / PANEL_TILES) * ceilDiv(rows, most) * ceilDiv(features * 4, STRETCH);
  // Four streams through a quarter of the tiles each, as in matmul-quantized.ts.
  const quarter = full > tileBegin ? (full - tileBegin) / 4 : 0;
  const apart = quarter * tileBytes;
  const outApart = quarter * TILE * 4;
  for (let tile: usize = 0; tile < quarter; tile++) {
    const weights = tiles + (tileBegin + tile) * tileBytes;
    const isLast = tile + 1 == quarter;
    let touch = isLast ? nextTiles : weights + tileBytes;
    const touchApart = isLast ? nextApart : apart;
    const touchStep = (isLast ? min(nextBytes, tileBytes) : tileBytes) / looks;
    let at = x;
    let to = out + (tileBegin + tile) * TILE * 4;
    for (let row = rows; row > 0; ) {
      const count = ceilDiv(row, ceilDiv(row, most));
      if (count == 1) multiplyStrip<One>(weights, apart, features, at, fromStride, to, toStride, outApart);
      else if (rows == 2) multiplyStrip<Two>(weights, apart, features, at, fromStride, to, toStride, outApart);
      else if (isWide() && rows == 3) multiplyStrip<Three>(weights, apart, features, at, fromStride, to, toStride, outApart);
      else {
        for (let beside: usize = 0; beside < 4; beside += PANEL_TILES) {
          const from = weights + beside * apart;
          const into = to + beside * outApart;
          if (isWide() && count == 4) touch = multiplyPanel<Four>(from, apart, features, at, fromStride, into, toStride, outApart, touch, touchApart, touchStep);
          else if (isWide() && count == 3) touch = multiplyPanel<Three>(from, apart, features, at, fromStride, into, toStride, outApart, touch, touchApart, touchStep);
          else touch = multiplyPanel<Two>(from, apart, features, at, fromStride, into, toStride, outApart, touch, touchApart, touchStep);
        }
      }
      (row -= count), (at += count * fromStride), (to += count * toStride);
    }
  }
  for (let tile = tileBegin + 4 * quarter; tile < tileEnd; tile++) {
    let at = x;
    let to = out + tile * TILE * 4;
    for (let row = rows; row > 0; row--, at += fromStride, to += toStride) {
      multiplyTile(tiles + tile * tileBytes, features, at, to, outFeatures - tile * TILE);
    }
  }
}

/**
 * Two full tiles times 2 to 4 rows: row a's outputs 0-3 are in a0, 4-7 in a1, those of the other tile in a2 and a3, and so on. Halves of a
 * tile are stored beside each other and used nowhere else, so that V8 can make one vector of 256 bits of them.
 *
 * @typeParam Rows Two, Three or Four
 * @param apart from one tile to the other
 * @param touch where the first of the four tiles begins that are multiplied next; `touchApart`: from one of those to the next
 * @returns where the next part of it begins
 */
@inline
function multiplyPanel<Rows>(
  weights: usize,
  apart: usize,
  features: usize,
  x: usize,
  xStride: usize,
  out: usize,
  outStride: usize,
  outApart: usize,
  touch: usize,
  touchApart: usize,
  touchStep: usize,
): usize {
  const zero = f32x4.splat(0);
  let a0 = zero, b0 = zero, c0 = zero, d0 = zero, a2 = zero, b2 = zero, c2 = zero, d2 = zero;
  let a1 = zero, b1 = zero, c1 = zero, d1 = zero, a3 = zero, b3 = zero, c3 = zero, d3 = zero;
  let beside = weights + apart;
  let xB = x + xStride, xC = x + 2 * xStride, xD = x + 3 * xStride;
  const end = x + features * 4;
  for (; x < end; touch += touchStep) {
    load<i32>(touch);
    load<i32>(touch + touchApart);
    load<i32>(touch + 2 * touchApart);
    load<i32>(touch + 3 * touchApart);
    const until = min(x + STRETCH, end);
    do {
      const v0 = v128.load(weights), v1 = v128.load(weights, 16), w0 = v128.load(beside), w1 = v128.load(beside, 16);
      (a0 = addProduct(a0, v0, x)), (a1 = addProduct(a1, v1, x)), (a2 = addProduct(a2, w0, x)), (a3 = addProduct(a3, w1, x));
      (b0 = addProduct(b0, v0, xB)), (b1 = addProduct(b1, v1, xB)), (b2 = addProduct(b2, w0, xB)), (b3 = addProduct(b3, w1, xB));
      if (sizeof<Rows>() >= sizeof<Three>()) {
        (c0 = addProduct(c0, v0, xC)), (c1 = addProduct(c1, v1, xC)), (c2 = addProduct(c2, w0, xC)), (c3 = addProduct(c3, w1, xC));
        xC += 4;
      }
      if (sizeof<Rows>() >= sizeof<Four>()) {
        (d0 = addProduct(d0, v0, xD)), (d1 = addProduct(d1, v1, xD)), (d2 = addProduct(d2, w0, xD)), (d3 = addProduct(d3, w1, xD));
        xD += 4;
      }
      (weights += TILE * 4), (beside += TILE * 4), (x += 4), (xB += 4);
    } while (x < until);
  }
  storePair(out, a0, a1), storePair(out + outApart, a2, a3);
  storePair((out += outStride), b0, b1), storePair(out + outApart, b2, b3);
  if (sizeof<Rows>() >= sizeof<Three>()) storePair((out += outStride), c0, c1), storePair(out + outApart, c2, c3);
  if (sizeof<Rows>() >= sizeof<Four>()) storePair((out += outStride), d0, d1), storePair(out + outApart, d2, d3);
  return touch;
}

/**
 * 1 to 3 rows times 4 full tiles, of which each is a stream of its own: row a's outputs of the first tile are in a0 and a1, of the second
 * in a2 and a3, and so on. Two rows are too much for 16 registers of 128 bits, and yet no slower there: memory is. Three are for 256 bits.
 *
 * @typeParam Rows One, Two or Three
 */
@inline
function multiplyStrip<Rows>(
  weights: usize,
  apart: usize,
  features: usize,
  x: usize,
  xStride: usize,
  out: usize,
  outStride: usize,
  outApart: usize,
): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
  let b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
  let c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero, c6 = zero, c7 = zero;
  let second = weights + apart, third = second + apart, fourth = third + apart;
  let xB = x + xStride, xC = xB + xStride;
  for (const end = x + features * 4; x < end; x += 4) {
    const p0 = v128.load(weights), p1 = v128.load(weights, 16);
    (a0 = addProduct(a0, p0, x)), (a1 = addProduct(a1, p1, x));
    if (sizeof<Rows>() > 1) (b0 = addProduct(b0, p0, xB)), (b1 = addProduct(b1, p1, xB));
    if (sizeof<Rows>() > sizeof<Two>()) (c0 = addProduct(c0, p0, xC)), (c1 = addProduct(c1, p1, xC));
    const q0 = v128.load(second), q1 = v128.load(second, 16);
    (a2 = addProduct(a2, q0, x)), (a3 = addProduct(a3, q1, x));
    if (sizeof<Rows>() > 1) (b2 = addProduct(b2, q0, xB)), (b3 = addProduct(b3, q1, xB));
    if (sizeof<Rows>() > sizeof<Two>()) (c2 = addProduct(c2, q0, xC)), (c3 = addProduct(c3, q1, xC));
    const r0 = v128.load(third), r1 = v128.load(third, 16);
    (a4 = addProduct(a4, r0, x)), (a5 = addProduct(a5, r1, x));
    if (sizeof<Rows>() > 1) (b4 = addProduct(b4, r0, xB)), (b5 = addProduct(b5, r1, xB));
    if (sizeof<Rows>() > sizeof<Two>()) (c4 = addProduct(c4, r0, xC)), (c5 = addProduct(c5, r1, xC));
    const s0 = v128.load(fourth), s1 = v128.load(fourth, 16);
    (a6 = addProduct(a6, s0, x)), (a7 = addProduct(a7, s1, x));
    if (sizeof<Rows>() > 1) (b6 = addProduct(b6, s0, xB)), (b7 = addProduct(b7, s1, xB)), (xB += 4);
    if (sizeof<Rows>() > sizeof<Two>()) (c6 = addProduct(c6, s0, xC)), (c7 = addProduct(c7, s1, xC)), (xC += 4);
    (weights += TILE * 4), (second += TILE * 4), (third += TILE * 4), (fourth += TILE * 4);
  }
  const outC = out + 2 * outApart;
  storePair(out, a0, a1), storePair(out + outApart, a2, a3);
  storePair(outC, a4, a5), storePair(outC + outApart, a6, a7);
  if (sizeof<Rows>() > 1) {
    storePair(out + outStride, b0, b1), storePair(out + outStride + outApart, b2, b3);
    storePair(outC + outStride, b4, b5), storePair(outC + outStride + outApart, b6, b7);
  }
  if (sizeof<Rows>() > sizeof<Two>()) {
    storePair(out + 2 * outStride, c0, c1), storePair(out + 2 * outStride + outApart, c2, c3);
    storePair(outC + 2 * outStride, c4, c5), storePair(outC + 2 * outStride + outApart, c6, c7);
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
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(weights, v128.load32_splat(x), sum);
  return f32x4.add(sum, f32x4.mul(weights, v128.load32_splat(x)));
}
