/** exp is a normal number from here on. */
const LOWEST: f32 = -87;
const HIGHEST: f32 = 88;

/** 1.5 * 2^23: added to a number, it leaves the nearest integer in the lowest bits of the sum. */
const ROUNDING: f32 = 12582912;
const LOG2_E: f32 = 1.44269504;
/** ln 2 in two parts, the first with few bits, so that n * LN2_HIGH is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/**
 * exp of four numbers, to a relative error of 1e-7; exactly 0 below `lowest`, which is -87 or more; exp(88) above 88.
 * With n = round(x / ln 2), it is 2^n times a polynomial in x - n ln 2, which lies within ±0.35 (coefficients: expf of
 * Cephes).
 */
@inline
export function exp(x: v128, lowest: f32 = LOWEST): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(HIGHEST)), f32x4.splat(lowest));
  const rounded = f32x4.add(f32x4.mul(bounded, f32x4.splat(LOG2_E)), f32x4.splat(ROUNDING));
  const n = f32x4.sub(rounded, f32x4.splat(ROUNDING));
  const high = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  const r = f32x4.sub(high, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const scaled = i32x4.add(p, i32x4.shl(rounded, 23)); // 2^n: n added to the exponent
  return v128.andnot(scaled, f32x4.lt(x, f32x4.splat(lowest)));
}

/** 1 / (1 + exp(-x)), and exactly 0 or 1 far from 0: by exp(-|x|), which cannot overflow. */
@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const numerator = v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0)));
  return f32x4.div(numerator, f32x4.add(one, e));
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
