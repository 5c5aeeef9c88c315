import { loadFirst, storeFirst } from "./lanes";

/** out[i] = a[i] + scale * b[i], for outputs begin to end. `out` may be `a` or `b`. */
export function add(a: usize, b: usize, scale: f32, out: usize, begin: usize, end: usize): void {
  const factor = f32x4.splat(scale);
  for (let at = begin; at < end; at += 4) {
    const left = end - at;
    const sum = f32x4.add(loadFirst(a + at * 4, left), f32x4.mul(factor, loadFirst(b + at * 4, left)));
    storeFirst(out + at * 4, sum, left);
  }
}

/** out[r, i] = x[r, i] + bias[i]; all rows densely packed. `out` may be `x`. */
export function addBias(x: usize, bias: usize, features: usize, out: usize, rowBegin: usize, rowEnd: usize): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const start = row * features * 4;
    for (let at: usize = 0; at < features; at += 4) {
      const left = features - at;
      const sum = f32x4.add(loadFirst(x + start + at * 4, left), loadFirst(bias + at * 4, left));
      storeFirst(out + start + at * 4, sum, left);
    }
  }
}

/** out[i] = factor * x[i], for outputs begin to end. `out` may be `x`. */
export function scale(x: usize, factor: f32, out: usize, begin: usize, end: usize): void {
  const factors = f32x4.splat(factor);
  for (let at = begin; at < end; at += 4) {
    const left = end - at;
    storeFirst(out + at * 4, f32x4.mul(factors, loadFirst(x + at * 4, left)), left);
  }
}
