import { loadGroup, NIBBLE_OFFSET, weightOffset } from "./dot";
import { loadHalf } from "./half";
import {
  blockBytes, ceilDiv, f32TileBytes, headerBytes, INT4, INT8, INT8_HALF, int4TileBytes, int8HalfTileBytes, int8TileBytes,
  paddedBlock, TILE, TILE_HEADER,
} from "./layout";

/**
 * out[r] = x[indices[r]]: embedding from a plain table, or a selection of rows.
 *
 * @param x [.., features] f32
 * @param indices i32
 */
export function gatherRows(
  x: usize,
  features: usize,
  indices: usize,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    memory.copy(out + row * features * 4, x + indexAt(indices, row) * features * 4, features * 4);
  }
}

/** `gatherRows` from tiles as `packF32` lays them, so that tied embeddings are in memory once. */
export function gatherF32(
  tiles: usize,
  features: usize,
  indices: usize,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const index = indexAt(indices, row);
    const from = tiles + (index / TILE) * f32TileBytes(features) + (index % TILE) * 4;
    const to = out + row * features * 4;
    for (let feature: usize = 0; feature < features; feature++) {
      store<f32>(to + feature * 4, load<f32>(from + feature * TILE * 4));
    }
  }
}

/** `gatherRows` from tiles as `packInt8` lays them. */
export function gatherInt8(
  tiles: usize,
  features: usize,
  blockSize: usize,
  indices: usize,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const index = indexAt(indices, row);
    const tile = tiles + (index / TILE) * int8TileBytes(features, blockSize);
    gatherTileRow(INT8, tile, index % TILE, features, blockSize, out + row * features * 4);
  }
}

/** `gatherRows` from tiles as `packInt8Half` lays them. */
export function gatherInt8Half(
  tiles: usize,
  features: usize,
  blockSize: usize,
  indices: usize,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const index = indexAt(indices, row);
    const tile = tiles + (index / TILE) * int8HalfTileBytes(features, blockSize);
    gatherTileRow(INT8_HALF, tile, index % TILE, features, blockSize, out + row * features * 4);
  }
}

/** `gatherRows` from tiles as `packInt4` lays them. */
export function gatherInt4(
  tiles: usize,
  features: usize,
  blockSize: usize,
  indices: usize,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const index = indexAt(indices, row);
    const tile = tiles + (index / TILE) * int4TileBytes(features, blockSize);
    gatherTileRow(INT4, tile, index % TILE, features, blockSize, out + row * features * 4);
  }
}

@inline
function indexAt(indices: usize, row: usize): usize {
  return <usize>load<u32>(indices + row * 4);
}

/** Dequantizes one row of a tile. */
@inline
function gatherTileRow(format: i32, tile: usize, row: usize, features: usize, blockSize: usize, out: usize): void {
  const padded = paddedBlock(features, blockSize);
  for (let block: usize = 0; block < ceilDiv(features, blockSize); block++) {
    const header = tile + block * blockBytes(format, padded);
    const weights = header + headerBytes(format);
    const scale = format == INT8_HALF ? loadHalf(header + row * 2) : load<f32>(header + row * 4);
    const offset: f32 = format == INT4 ? load<f32>(weights - TILE_HEADER + row * 4) : 0;
    const first = block * blockSize;
    for (let i: usize = 0; i < min(blockSize, features - first); i++) {
      const weight = format == INT4 ? int4At(weights, row, i) : int8At(weights, row, i);
      store<f32>(out + (first + i) * 4, <f32>weight * scale + offset);
    }
  }
}

@inline
function int8At(weights: usize, row: usize, feature: usize): i32 {
  const four = loadGroup(weights + (feature >> 2) * 4 * TILE, row);
  const byte = <i32>(four >> (8 * <u32>(feature & 3)));
  return <i32>(<i8>(EXACT_DOT ? byte - weightOffset : byte));
}

@inline
function int4At(weights: usize, row: usize, feature: usize): i32 {
  const pairs = loadGroup(weights + (feature >> 3) * 4 * TILE, row);
  return <i32>((pairs >> (8 * <u32>(feature & 3) + (<u32>feature & 4))) & 15) - NIBBLE_OFFSET;
}
