import { halved } from "./dot";
import {
  blockBytes, ceilDiv, INT4, INT8, INT8_HALF, paddedBlock, quantizedRowBytes, TILE,
} from "./layout";
import { multiplyPanel } from "./multiply-panel";
import { multiplyStrip } from "./multiply-strip";
import { multiplyTile } from "./multiply-tile";

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
  if (bits == 14) {
    matmul(INT8_HALF, true, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
  } else {
    matmul(INT8_HALF, false, x, rows, tiles, features, blockSize, out, outFeatures, outStride, tileBegin, tileEnd);
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
  const xStride = quantizedRowBytes(features, blockSize, wide ? 14 : 8);
  const stride = outStride * 4;
  const most: usize = halved(wide) ? 2 : 5;
  const full = min(tileEnd, outFeatures / TILE);
  let tile = tileBegin;

  // Each group of rows goes over 4 tiles, and loads a part of the next 4 meanwhile.
  const groups = (rows + most - 1) / most;
  const touchStep = ceilDiv(tileBytes, 4 * groups * blocks);
  for (; tile + 4 <= full; tile += 4) {
    const weights = tiles + tile * tileBytes;
    let touch = tile + 9 <= full ? weights + 4 * tileBytes : weights;
    let at = x;
    let to = out + tile * TILE * 4;
    for (let row = rows; row > 0; ) {
      // As even as can be: a row that is left alone would have the weights unpacked for it.
      const count = ceilDiv(row, ceilDiv(row, most));
      if (count == 1 && !halved(wide)) {
        multiplyStrip(format, weights, tileBytes, blocks, padded, at, to);
        break;
      }
      for (let beside: usize = 0; beside < 4; beside++, touch += touchStep * blocks) {
        const tileAt = weights + beside * tileBytes;
        const tileTo = to + beside * TILE * 4;
        const virtualRows = halved(wide) ? 2 * count : count;
        if (virtualRows == 5) {
          if (!halved(wide)) multiplyPanel<u64>(format, wide, tileAt, blocks, padded, at, xStride, tileTo, stride, touch, tileBytes, touchStep);
        } else if (virtualRows == 4) {
          multiplyPanel<u32>(format, wide, tileAt, blocks, padded, at, xStride, tileTo, stride, touch, tileBytes, touchStep);
        } else if (virtualRows == 2) {
          multiplyPanel<u8>(format, wide, tileAt, blocks, padded, at, xStride, tileTo, stride, touch, tileBytes, touchStep);
        } else if (!halved(wide)) {
          multiplyPanel<u16>(format, wide, tileAt, blocks, padded, at, xStride, tileTo, stride, touch, tileBytes, touchStep);
        }
      }
      (row -= count), (at += count * xStride), (to += count * stride);
    }
  }

  for (; tile < tileEnd; tile++) {
    const weights = tiles + tile * tileBytes;
    const left = outFeatures - tile * TILE;
    let at = x;
    let to = out + tile * TILE * 4;
    for (let row = rows; row > 0; row--, at += xStride, to += stride) {
      multiplyTile(format, wide, weights, blocks, padded, at, to, left);
    }
  }
}
