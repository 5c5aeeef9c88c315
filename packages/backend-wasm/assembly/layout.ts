import { halved } from "./dot";

/**
 * How quantized weights and activations lie in memory. All sizes are in bytes, all lengths in numbers.
 *
 * Weights stand in TILES of 8 output rows, read from front to back:
 *
 *   tile:  a block after the other, blocks = ceil(features / blockSize)
 *   block: [scales, 8 f32; of 8 bits 8 f16, where every scale is one] [offsets, 8 f32, 4 bits only] [weights]
 *   weights: steps of 8 features:
 *     8 bits: [features 0-3: rows 0-3 | rows 4-7] [features 4-7: rows 0-3 | rows 4-7], 16 bytes each; in the plain build
 *       a half is 2 of the features rather than 4 of the rows, see `storeGroup`
 *     4 bits: [rows 0-3 | rows 4-7], 16 bytes each, with features 0-3 in the low nibbles and 4-7 in the high ones
 *
 * Activations stand in rows, a block after the other, with all that a product asks of a block beside its values:
 *
 *   block: [start of sums with 8-bit weights, i32] [with 4-bit ones, i32] [values] [scale, f32] [sum of values * scale, f32]
 *   values: steps of 8 features; where they are `halved`, 8 first halves and then the second ones
 *
 * Every block is filled up with zeros to whole steps, so that no inner loop has a tail.
 */

/** Output rows of a tile. */
export const TILE: usize = 8;

/** Features that the inner loop takes at once. */
export const STEP: usize = 8;

/** Bytes of 4 activations, or of 4 halves: see `dot4`. */
export const GROUP: usize = EXACT_DOT ? 4 : 8;

/** Bytes of a step's values, or of its first halves. */
export const STEP_BYTES: usize = (STEP / 4) * GROUP;

/** What a block of a row has beside its values. */
export const ROW_HEADER: usize = 16;
/** Where it has what its sums begin with, and its values. */
export const START8: usize = 0;
export const START4: usize = 4;
export const VALUES: usize = 8;
/** Where the scale and the sum stand, from where the block begins, the bytes of its steps added. */
export const SCALE: usize = 8;
export const SUM: usize = 12;

/** How weights are stored: a constant where it is used, so that each product is compiled for one format. */
export const INT8: i32 = 8;
export const INT4: i32 = 4;
/** 8 bits with the header of half the size: a twentieth less to read, of what one row's product waits for. */
export const INT8_HALF: i32 = 16;

/** Bytes of one number a row of a tile: scales, sums or offsets. */
export const TILE_HEADER: usize = TILE * 4;

@inline
export function ceilDiv(a: usize, b: usize): usize {
  return (a + b - 1) / b;
}

/** Features of a block with what it is filled up with. */
@inline
export function paddedBlock(features: usize, blockSize: usize): usize {
  return (min(features, blockSize) + STEP - 1) & ~(STEP - 1);
}

@inline
export function headerBytes(format: i32): usize {
  return format == INT8_HALF ? TILE_HEADER >> 1 : format == INT4 ? 2 * TILE_HEADER : TILE_HEADER;
}

@inline
export function blockBytes(format: i32, padded: usize): usize {
  return headerBytes(format) + (format == INT4 ? (padded * TILE) >> 1 : padded * TILE);
}

export function int8TileBytes(features: usize, blockSize: usize): usize {
  return ceilDiv(features, blockSize) * blockBytes(INT8, paddedBlock(features, blockSize));
}

export function int8HalfTileBytes(features: usize, blockSize: usize): usize {
  return ceilDiv(features, blockSize) * blockBytes(INT8_HALF, paddedBlock(features, blockSize));
}

export function int4TileBytes(features: usize, blockSize: usize): usize {
  return ceilDiv(features, blockSize) * blockBytes(INT4, paddedBlock(features, blockSize));
}

export function f32TileBytes(features: usize): usize {
  return features * TILE * 4;
}

/** Bytes of a step of a row. */
@inline
export function stepBytes(wide: bool): usize {
  return halved(wide) ? 2 * STEP_BYTES : STEP_BYTES;
}

/** Bytes of a quantized row of activations, a multiple of 16. `bits`: 8 or 14. */
export function quantizedRowBytes(features: usize, blockSize: usize, bits: i32): usize {
  const steps = paddedBlock(features, blockSize) / STEP;
  return ceilDiv(features, blockSize) * (ROW_HEADER + steps * stepBytes(bits == 14));
}
