import { dot4, dotBytes } from "./dot";
import { widenHalves, widening } from "./half";
import { hidden } from "./lanes";
import {
  GROUP, headerBytes, INT4, INT8_HALF, ROW_HEADER, SCALE, START4, START8, STEP, STEP_BYTES, SUM, TILE, TILE_HEADER,
  VALUES,
} from "./layout";

/**
 * What the integer sums of a row's block begin with: minus what the weights' offset adds to them.
 *
 * @param x where the block begins
 */
@inline
export function startOf(format: i32, x: usize): v128 {
  if (format == INT4) return v128.load32_splat(x, START4);
  return EXACT_DOT ? v128.load32_splat(x, START8) : i32x4.splat(0);
}

/**
 * The first or the second half of the weights of a step's first 4 features; with 4 bits those of the other 4 beside them. A half is
 * outputs 0-3 or 4-7, in the plain build 2 of the features: see `storeGroup`.
 */
@inline
export function packedAt(weights: usize, half: i32): v128 {
  return half == 0 ? v128.load(weights) : v128.load(weights, 16);
}

/** What a format's weights or scales are unpacked with, `hidden`: 15 in every byte, or what 16-bit floats are widened by. */
@inline
export function unpackingOf(format: i32, small: usize): v128 {
  return format == INT8_HALF ? widening(small) : hidden(0x0f0f0f0f, small);
}

/** The first 4 features of what `packedAt` found. */
@inline
export function firstFour(format: i32, packed: v128, unpacking: v128): v128 {
  return format == INT4 ? v128.and(packed, unpacking) : packed;
}

/** The 4 features behind them. */
@inline
export function secondFour(format: i32, packed: v128, unpacking: v128, weights: usize, half: i32): v128 {
  if (format == INT4) return v128.and(i16x8.shr_u(packed, 4), unpacking);
  return half == 0 ? v128.load(weights, 32) : v128.load(weights, 48);
}

/** Bytes of a step of a tile. */
@inline
export function tileStep(format: i32): usize {
  return format == INT4 ? (STEP * TILE) >> 1 : STEP * TILE;
}

/**
 * The first or the second 4 activations of a step, in every lane; of the plain build 2 of them. The constants are where instructions
 * have theirs: an addition for each would cost a fifth of the loop.
 *
 * @param x the row's block, the steps before added
 */
@inline
export function valuesAt(x: usize, second: bool): v128 {
  return second ? v128.load32_splat(x, VALUES + GROUP) : v128.load32_splat(x, VALUES);
}

/** Of the plain build the 2 behind them. */
@inline
export function valuesBehind(x: usize, second: bool): v128 {
  if (EXACT_DOT) return i32x4.splat(0);
  return second ? v128.load32_splat(x, VALUES + GROUP + 4) : v128.load32_splat(x, VALUES + 4);
}

/** acc + the products of a step of features, of outputs 0-3 or 4-7: w0 and w1 have the first 4 features, v0 and v1 the others. */
@inline
export function dotStep(half: i32, w0: v128, w1: v128, v0: v128, v1: v128, x: usize, acc: v128): v128 {
  const first = dot4(half, w0, w1, valuesAt(x, false), valuesBehind(x, false), acc);
  return dot4(half, v0, v1, valuesAt(x, true), valuesBehind(x, true), first);
}

/** `dotStep` with second halves, which the relaxed build alone has. */
@inline
export function dotSecondHalves(first: v128, second: v128, x: usize, acc: v128): v128 {
  const a = v128.load32_splat(x, VALUES + STEP_BYTES), b = v128.load32_splat(x, VALUES + STEP_BYTES + GROUP);
  return dotBytes(second, b, dotBytes(first, a, acc));
}

/** The scales of a block's outputs 0-3 or 4-7. */
@inline
export function scaleOf(format: i32, header: usize, half: i32, unpacking: v128): v128 {
  if (format != INT8_HALF) return v128.load(header + 16 * half);
  const halves = v128.load(header);
  return widenHalves(half == 0 ? i32x4.extend_low_i16x8_u(halves) : i32x4.extend_high_i16x8_u(halves), unpacking);
}

/** The products of whole activations, of those of their first and of their second halves. */
@inline
export function joined(first: v128, second: v128): v128 {
  return i32x4.add(i32x4.shl(first, 7), second);
}

/**
 * sum + both scales * integer sum; with 4 bits, + offset of the weights * sum of the activations.
 *
 * @param x the row's block, its steps passed
 */
@inline
export function addBlock(format: i32, sum: v128, dot: v128, scale: v128, x: usize, header: usize): v128 {
  const factor = f32x4.mul(scale, v128.load32_splat(x, SCALE));
  const added = f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_s(dot), factor));
  if (format != INT4) return added;
  const offsets = v128.load(header + headerBytes(INT4) - TILE_HEADER);
  return f32x4.add(added, f32x4.mul(offsets, v128.load32_splat(x, SUM)));
}

/** Begins the sums of a row's 8 outputs of a tile. */
@inline
export function clearTile(out: usize): void {
  v128.store(out, f32x4.splat(0));
  v128.store(out, f32x4.splat(0), 16);
}

/**
 * Adds a block to the sums of a row's 8 outputs of a tile.
 *
 * @param scale0 of the weights, as `scale1`
 * @param x the row's block, its steps passed
 * @param out the sums
 * @returns where the row's next block is
 */
@inline
export function addTile(
  format: i32,
  dot0: v128,
  dot1: v128,
  scale0: v128,
  scale1: v128,
  header: usize,
  x: usize,
  out: usize,
): usize {
  const before0 = v128.load(out);
  const before1 = v128.load(out, 16);
  // Both before any is stored: V8 makes one instruction of 256 bits of two operations only if nothing is stored between them.
  const after0 = addBlock(format, before0, dot0, scale0, x, header);
  const after1 = addBlock(format, before1, dot1, scale1, x, header + 16);
  v128.store(out, after0);
  v128.store(out, after1, 16);
  return x + ROW_HEADER;
}
