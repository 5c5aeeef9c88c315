import { storeGroup } from "./dot";
import { blockBytes, ceilDiv, headerBytes, INT8, int8TileBytes, paddedBlock, TILE, TILE_HEADER } from "./layout";

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
  const blocks = ceilDiv(features, blockSize);
  const padded = paddedBlock(features, blockSize);
  const tileBytes = int8TileBytes(features, blockSize);
  memory.fill(out + tileBegin * tileBytes, 0, (tileEnd - tileBegin) * tileBytes);
  for (let row = tileBegin * TILE; row < min(tileEnd * TILE, rows); row++) {
    for (let block: usize = 0; block < blocks; block++) {
      const at = out + (row / TILE) * tileBytes + block * blockBytes(INT8, padded);
      const first = block * blockSize;
      const length = min(blockSize, features - first);
      const sum = packRow(data + row * features + first, length, at + headerBytes(INT8), row % TILE);
      const header = at + (row % TILE) * 4;
      store<f32>(header, load<f32>(scales + (row * blocks + block) * 4));
      if (ASC_FEATURE_RELAXED_SIMD) store<i32>(header + TILE_HEADER, sum);
    }
  }
}

/** Puts a block of one row where it belongs in its tile; the sum of its weights. */
function packRow(from: usize, length: usize, groups: usize, row: usize): i32 {
  let sum = 0;
  for (let at: usize = 0; at < length; at += 4) {
    let four: u32 = 0;
    for (let i: usize = 0; i < min(<usize>4, length - at); i++) {
      const weight = load<i8>(from + at + i);
      four |= (<u32>(<u8>weight)) << (8 * <u32>i);
      sum += weight;
    }
    storeGroup(groups + at * TILE, row, four);
  }
  return sum;
}
