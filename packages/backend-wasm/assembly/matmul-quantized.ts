import { halved } from "./dot";
import {
  blockBytes, ceilDiv, INT4, INT8, INT8_HALF, paddedBlock, quantizedRowBytes, TILE,
} from "./layout";
import { multiplyHalves, One } from "./multiply-halves";
import { multiplyPanel, Three, Two } from "./multiply-panel";
import { Four, multiplySingle } from "./multiply-single";
import { multiplyStrip } from "./multiply-strip";
import { multiplyTile } from "./multiply-tile";
import { LOOK, nextApart, nextBytes, nextTiles } from "./read-ahead";

/** Rows that meet a tile at once, at most, and tiles that they meet: as many sums as fit 16 registers beside what is multiplied. */
const PANEL_ROWS: usize = EXACT_DOT ? 3 : 4;
const PANEL_TILES: usize = EXACT_DOT ? 2 : 1;

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
  if (halved(bits == 14)) matmul<Two>(INT8, bits, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
  else matmul<One>(INT8, bits, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
}

/** `matmulInt8` for tiles as `packInt8Half` lays them. */
export function matmulInt8Half(
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
  if (halved(bits == 14)) matmul<Two>(INT8_HALF, bits, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
  else matmul<One>(INT8_HALF, bits, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
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
  if (halved(bits == 14)) matmul<Two>(INT4, bits, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
  else matmul<One>(INT4, bits, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
}

/**
 * Every row meets a tile while it is in the first cache: weights are read once, however many rows there are.
 *
 * @typeParam Parts Two where rows are `halved`, else One
 */
@inline
function matmul<Parts>(
  format: i32,
  bits: i32,
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
  const xStride = quantizedRowBytes(features, blockSize, bits);
  const stride = outStride * 4;
  const full = min(tileEnd, outFeatures / TILE);
  // A halved row has twice the sums.
  const most: usize = sizeof<Parts>() > 1 ? 2 : PANEL_ROWS;
  const together: usize = sizeof<Parts>() > 1 ? 1 : PANEL_TILES;
  // Four streams through a quarter of the tiles each, see multiply-strip.ts: each group of rows goes over the tiles that they are at, and
  // loads a part of the next ones meanwhile.
  const quarter = full > tileBegin ? (full - tileBegin) / 4 : 0;
  const apart = quarter * tileBytes;
  const outApart = quarter * TILE * 4;
  const looks = blocks * ceilDiv(padded, LOOK);
  const looksInAll = (4 / together) * ceilDiv(rows, most) * looks;
  for (let tile: usize = 0; tile < quarter; tile++) {
    const weights = tiles + (tileBegin + tile) * tileBytes;
    const isLast = tile + 1 == quarter;
    let touch = isLast ? nextTiles : weights + tileBytes;
    const touchApart = isLast ? nextApart : apart;
    const touchStep = (isLast ? min(nextBytes, tileBytes) : tileBytes) / looksInAll;
    let at = x;
    let to = out + (tileBegin + tile) * TILE * 4;
    for (let row = rows; row > 0; ) {
      // As even as can be: a row that is left alone would have the weights unpacked for it.
      const count = ceilDiv(row, ceilDiv(row, most));
      if (sizeof<Parts>() == 1 && count == 1) {
        multiplyStrip(format, weights, apart, blocks, padded, at, to, outApart);
        break;
      }
      for (let beside: usize = 0; beside < 4; beside += together, touch += touchStep * looks) {
        const from = weights + beside * apart;
        const into = to + beside * outApart;
        if (sizeof<Parts>() > 1) {
          if (count == 2) multiplyHalves<Two>(format, from, blocks, padded, at, xStride, into, stride, touch, touchApart, touchStep);
          else multiplyHalves<One>(format, from, blocks, padded, at, xStride, into, stride, touch, touchApart, touchStep);
        } else if (EXACT_DOT) {
          if (count == 3) multiplyPanel<Three>(format, from, apart, blocks, padded, at, xStride, into, stride, outApart, touch, touchApart, touchStep);
          else multiplyPanel<Two>(format, from, apart, blocks, padded, at, xStride, into, stride, outApart, touch, touchApart, touchStep);
        } else if (count == 4) {
          multiplySingle<Four>(format, from, blocks, padded, at, xStride, into, stride, touch, touchApart, touchStep);
        } else if (count == 3) {
          multiplySingle<Three>(format, from, blocks, padded, at, xStride, into, stride, touch, touchApart, touchStep);
        } else {
          multiplySingle<Two>(format, from, blocks, padded, at, xStride, into, stride, touch, touchApart, touchStep);
        }
      }
      (row -= count), (at += count * xStride), (to += count * stride);
    }
  }
  const left = tileBegin + 4 * quarter;
  multiplyTiles(format, sizeof<Parts>() > 1, x, rows, tiles, features, blockSize, out, outFeatures, outStride, left, tileEnd);
}

/** The tiles that are left of fours, and one that is not full. */
@inline
function multiplyTiles(
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
  const xStride = quantizedRowBytes(features, blockSize, wide ? 14 : 8);
  for (let tile = tileBegin; tile < tileEnd; tile++) {
    const weights = tiles + tile * tileBytes;
    const left = outFeatures - tile * TILE;
    let at = x;
    let to = out + tile * TILE * 4;
    for (let row = rows; row > 0; row--, at += xStride, to += outStride * 4) {
      multiplyTile(format, wide, weights, blocks, padded, at, to, left);
    }
  }
}
