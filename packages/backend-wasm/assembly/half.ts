import { hidden } from "./lanes";

/** 2^112: the exponents of 16-bit floats count from -14, those of 32-bit ones from -126. */
const SCALE: f32 = 5.192296858534828e33;

/**
 * Four 16-bit floats that are not negative, in the low halves of the lanes, as 32-bit ones: exact, subnormal ones too.
 *
 * @param by `widening`
 */
@inline
export function widenHalves(halves: v128, by: v128): v128 {
  return f32x4.mul(i32x4.shl(halves, 13), by);
}

/** `SCALE` in every lane, as `hidden` as a constant can be. */
@inline
export function widening(small: usize): v128 {
  return hidden(reinterpret<i32>(SCALE), small);
}

/** A 16-bit float that is not negative as a 32-bit one. */
@inline
export function loadHalf(at: usize): f32 {
  return reinterpret<f32>(<u32>load<u16>(at) << 13) * SCALE;
}

/** Stores a number that a 16-bit float holds and that is not negative. */
export function storeHalf(at: usize, x: f32): void {
  const bits = reinterpret<u32>(x / SCALE);
  store<u16>(at, <u16>(bits >> 13));
}
