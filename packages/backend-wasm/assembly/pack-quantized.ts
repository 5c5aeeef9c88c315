import { NIBBLE_OFFSET, storeGroup, weightOffset } from "./dot";
import { storeHalf } from "./half";
import { blockBytes, ceilDiv, headerBytes, INT4, INT8, INT8_HALF, paddedBlock, STEP, TILE, TILE_HEADER } from "./layout";

/**
 * Lays 8-bit block weights in tiles.
 *
 * @param data [rows, features] i8
 * @param scales [rows, blocks] f32
 * @param out tiles of `int8TileBytes` each; rows past the last are zeros
 */
export function packInt8(
  data: usize,
  scales: usize,
  rows: usize,
  features: usize,
  blockSize: usize,
  out: usize,
  tileBegin: usize,
  tileEnd: usize,
): void {
  pack(INT8, data, scales, 0, rows, features, blockSize, out, tileBegin, tileEnd);
}

/** `packInt8` for scales of 16 bits, given as f32. */
export function packInt8Half(
  data: usize,
  scales: usize,
  rows: usize,
  features: usize,
  blockSize: usize,
  out: usize,
  tileBegin: usize,
  tileEnd: usize,
): void {
  pack(INT8_HALF, data, scales, 0, rows, features, blockSize, out, tileBegin, tileEnd);
}

/**
 * Lays 4-bit block weights in tiles.
 *
 * @param data [rows, blocks, blockSize / 2] bytes, the first of two weights in the low nibble
 * @param scales [rows, blocks] f32
 * @param offsets [rows, blocks] f32; 0 where all are zero
 * @param out tiles of `int4TileBytes` each; rows past the last are zeros
 */
export function packInt4(
  data: usize,
  scales: usize,
  offsets: usize,
  rows: usize,
  features: usize,
  blockSize: usize,
  out: usize,
  tileBegin: usize,
  tileEnd: usize,
): void {
  pack(INT4, data, scales, offsets, rows, features, blockSize, out, tileBegin, tileEnd);
}

@inline
function pack(
  format: i32,
  data: usize,
  scales: usize,
  offsets: usize,
  rows: usize,
  features: usize,
  blockSize: usize,
  out: usize,
  tileBegin: usize,
  tileEnd: usize,
): void {
  const blocks = ceilDiv(features, blockSize);
  const padded = paddedBlock(features, blockSize);
  const tileBytes = blocks * blockBytes(format, padded);
  memory.fill(out + tileBegin * tileBytes, 0, (tileEnd - tileBegin) * tileBytes);
  for (let row = tileBegin * TILE; row < min(tileEnd * TILE, rows); row++) {
    for (let block: usize = 0; block < blocks; block++) {
      const at = out + (row / TILE) * tileBytes + block * blockBytes(format, padded);
      const groups = at + headerBytes(format);
      const index = row * blocks + block;
      const first = block * blockSize;
      const length = min(blockSize, features - first);
      if (format == INT4) packRow4(data + ((index * blockSize) >> 1), length, padded, groups, row % TILE);
      else packRow8(data + row * features + first, length, groups, row % TILE);
      if (format == INT8_HALF) {
        const header = at + (row % TILE) * 2;
        storeHalf(header, load<f32>(scales + index * 4));
        continue;
      }
      const header = at + (row % TILE) * 4;
      store<f32>(header, load<f32>(scales + index * 4));
      if (format == INT4) store<f32>(header + TILE_HEADER, offsets == 0 ? 0 : load<f32>(offsets + index * 4));
    }
  }
}

/** Puts a block of one row where it belongs in its tile. */
function packRow4(from: usize, length: usize, padded: usize, groups: usize, row: usize): void {
  for (let first: usize = 0; first < padded; first += STEP) {
    let pairs: u32 = 0; // byte i: features i and 4 + i
    for (let i: usize = 0; i < 8; i++) {
      const at = first + i;
      const nibble: u32 = at < length ? (<u32>load<u8>(from + (at >> 1)) >> (4 * <u32>(at & 1))) & 15 : NIBBLE_OFFSET;
      pairs |= nibble << (8 * <u32>(i & 3) + 4 * <u32>(i >> 2));
    }
    storeGroup(groups + first * 4, row, pairs);
  }
}

/** `packRow4` for 8-bit weights. */
function packRow8(from: usize, length: usize, groups: usize, row: usize): void {
  const offset = EXACT_DOT ? weightOffset : 0;
  for (let at: usize = 0; at < length; at += 4) {
    let four: u32 = 0;
    for (let i: usize = 0; i < min(<usize>4, length - at); i++) {
      four |= <u32>(<u8>(<i32>load<i8>(from + at + i) + offset)) << (8 * <u32>i);
    }
    storeGroup(groups + at * TILE, row, four);
  }
}
