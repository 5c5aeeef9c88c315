import { NIBBLE_OFFSET, weightOffset } from "./dot";
import { widenHalves } from "./half";
import { headerBytes, INT4, INT8_HALF, TILE_HEADER } from "./layout";

/**
 * What the integer sums of a row's block begin with: minus what the weights' offset adds to them.
 *
 * @param sum address of the sum of the block's activations
 */
@inline
export function startOf(format: i32, sum: usize): v128 {
  if (format == INT4) return i32x4.splat(-NIBBLE_OFFSET * load<i32>(sum));
  return ASC_FEATURE_RELAXED_SIMD ? i32x4.splat(-weightOffset * load<i32>(sum)) : i32x4.splat(0);
}

/** The scales of a block's outputs 0-3 or 4-7. */
@inline
export function scaleOf(format: i32, header: usize, half: i32): v128 {
  if (format != INT8_HALF) return v128.load(header + 16 * half);
  const halves = v128.load(header);
  return widenHalves(half == 0 ? i32x4.extend_low_i16x8_u(halves) : i32x4.extend_high_i16x8_u(halves));
}

/** The products of whole activations, of those of their first and of their second halves. */
@inline
export function joined(first: v128, second: v128): v128 {
  return i32x4.add(i32x4.shl(first, 7), second);
}

/** sum + both scales * integer sum; with 4 bits, + offset of the weights * sum of the activations. */
@inline
export function addBlock(format: i32, sum: v128, dot: v128, scale: v128, rowScale: usize, header: usize, rowSum: usize): v128 {
  const factor = f32x4.mul(scale, v128.load32_splat(rowScale));
  const added = f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_s(dot), factor));
  if (format != INT4) return added;
  const offsets = v128.load(header + headerBytes(INT4) - TILE_HEADER);
  return f32x4.add(added, f32x4.mul(offsets, v128.load32_splat(rowSum)));
}

@inline
export function lowNibbles(packed: v128): v128 {
  return v128.and(packed, i8x16.splat(15));
}

@inline
export function highNibbles(packed: v128): v128 {
  return v128.and(i16x8.shr_u(packed, 4), i8x16.splat(15));
}

/** Adds a block to the sums of a row's 8 outputs of a tile; `scale0` and `scale1` are the weights'. */
@inline
export function addTile(
  format: i32,
  isFirst: bool,
  dot0: v128,
  dot1: v128,
  scale0: v128,
  scale1: v128,
  header: usize,
  scale: usize,
  sumsAt: usize,
  out: usize,
): void {
  const zero = f32x4.splat(0);
  const before0 = isFirst ? zero : v128.load(out);
  const before1 = isFirst ? zero : v128.load(out, 16);
  v128.store(out, addBlock(format, before0, dot0, scale0, scale, header, scale + sumsAt));
  v128.store(out, addBlock(format, before1, dot1, scale1, scale, header + 16, scale + sumsAt), 16);
}
