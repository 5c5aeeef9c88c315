import { hidden, loadFirst, ROUNDING, storeFirst, storePair } from "./lanes";

/** exp is a normal number from here on. */
export const LOWEST: f32 = -87;

const LOG2_E: f32 = 1.44269504;

/**
 * out[i] = exp(-|x[i] - shift|), to a relative error of 1e-7 times 1 + |x[i] - shift|; exactly 0 where the exponent is below
 * `lowest`, which is -87 or more. NaN stays NaN. `out` may be `x`.
 *
 * With t = -|x - shift| / ln 2 and n the nearest integer, it is 2^n times 2^(t - n), whose polynomial over ±1/2 is off by no
 * more than 2e-9 (Remez). Eight numbers at a time, so that V8 can make vectors of 256 bits of them.
 */
export function exponentials(x: usize, count: usize, shift: f32, lowest: f32, out: usize): void {
  const shifts = f32x4.splat(shift);
  const floor = f32x4.splat(lowest * LOG2_E);
  const sign = hidden(<i32>0x80000000, count);
  const factor = hiddenFloat(LOG2_E, count), rounding = hidden(ROUNDING, count), one = hiddenFloat(1, count);
  const c1 = hiddenFloat(6.93147182e-1, count), c2 = hiddenFloat(2.40226462e-1, count);
  const c3 = hiddenFloat(5.55032864e-2, count), c4 = hiddenFloat(9.61848907e-3, count);
  const c5 = hiddenFloat(1.33999309e-3, count), c6 = hiddenFloat(1.53458124e-4, count);
  let at: usize = 0;
  for (const end = count & ~7; at < end; at += 8) {
    const from = x + at * 4, to = out + at * 4;
    const a = exp(v128.load(from), shifts, sign, factor, floor, rounding, one, c1, c2, c3, c4, c5, c6);
    const b = exp(v128.load(from, 16), shifts, sign, factor, floor, rounding, one, c1, c2, c3, c4, c5, c6);
    storePair(to, a, b);
  }
  for (; at < count; at += 4) {
    const some = loadFirst(x + at * 4, count - at);
    const result = exp(some, shifts, sign, factor, floor, rounding, one, c1, c2, c3, c4, c5, c6);
    storeFirst(out + at * 4, result, count - at);
  }
}

@inline
function hiddenFloat(value: f32, small: usize): v128 {
  return hidden(reinterpret<i32>(value), small);
}

@inline
function exp(
  x: v128,
  shift: v128,
  sign: v128,
  factor: v128,
  floor: v128,
  rounding: v128,
  one: v128,
  c1: v128,
  c2: v128,
  c3: v128,
  c4: v128,
  c5: v128,
  c6: v128,
): v128 {
  const all = f32x4.mul(v128.or(f32x4.sub(x, shift), sign), factor);
  const t = f32x4.pmax(all, floor);
  const rounded = f32x4.add(t, rounding);
  const r = f32x4.sub(t, f32x4.sub(rounded, rounding));
  let p = f32x4.add(f32x4.mul(c6, r), c5);
  p = f32x4.add(f32x4.mul(p, r), c4);
  p = f32x4.add(f32x4.mul(p, r), c3);
  p = f32x4.add(f32x4.mul(p, r), c2);
  p = f32x4.add(f32x4.mul(p, r), c1);
  p = f32x4.add(f32x4.mul(p, r), one);
  const scaled = i32x4.add(p, i32x4.shl(rounded, 23)); // 2^n: n added to the exponent
  return v128.andnot(scaled, f32x4.lt(all, floor));
}

/** Natural logarithm of a positive, normal number, to 1e-15: the platform's own differ in the last bit. */
export function log(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = <f64>(<i64>(bits >> 52) - 1023);
  let mantissa = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent += 1;
  }
  // ln m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172: a series in s².
  const s = (mantissa - 1) / (mantissa + 1);
  let series: f64 = 0;
  for (let odd = 21; odd > 0; odd -= 2) series = series * s * s + 1 / <f64>odd;
  return 2 * s * series + exponent * 0.6931471805599453;
}
