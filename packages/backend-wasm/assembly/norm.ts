import { loadFirst, storeFirst, sumLanes } from "./lanes";

/**
 * RMS norm: out = x / sqrt(mean(x²) + epsilon) * weight, over each stretch of `features` of a row.
 *
 * @param x [rows, xStride] f32, of which the first stretches * features are taken
 * @param weight [features] f32
 * @param stretches a row's, such as its heads; 1 for the norm of whole rows
 * @param out [rows, outStride] f32; may be `x`
 */
export function norm(
  x: usize,
  xStride: usize,
  weight: usize,
  features: usize,
  stretches: usize,
  epsilon: f32,
  out: usize,
  outStride: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    for (let stretch: usize = 0; stretch < stretches; stretch++) {
      const from = x + (row * xStride + stretch * features) * 4;
      const to = out + (row * outStride + stretch * features) * 4;
      const factor = f32x4.splat(1 / sqrt<f32>(sumOfSquares(from, features) / <f32>features + epsilon));
      for (let at: usize = 0; at < features; at += 4) {
        const left = features - at;
        const scaled = f32x4.mul(loadFirst(from + at * 4, left), factor);
        storeFirst(to + at * 4, f32x4.mul(scaled, loadFirst(weight + at * 4, left)), left);
      }
    }
  }
}

/** With d = x - mean(x): out = d / sqrt(mean(d²) + epsilon) * weight + bias. Rows lie densely; `out` may be `x`. */
export function layerNorm(
  x: usize,
  weight: usize,
  bias: usize,
  features: usize,
  epsilon: f32,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const from = x + row * features * 4;
    const to = out + row * features * 4;
    const mean = f32x4.splat(sumOf(from, features) / <f32>features);
    for (let at: usize = 0; at < features; at += 4) {
      const left = features - at;
      storeFirst(to + at * 4, f32x4.sub(loadFirst(from + at * 4, left), mean), left);
    }
    const factor = f32x4.splat(1 / sqrt<f32>(sumOfSquares(to, features) / <f32>features + epsilon));
    for (let at: usize = 0; at < features; at += 4) {
      const left = features - at;
      const scaled = f32x4.mul(f32x4.mul(loadFirst(to + at * 4, left), factor), loadFirst(weight + at * 4, left));
      storeFirst(to + at * 4, f32x4.add(scaled, loadFirst(bias + at * 4, left)), left);
    }
  }
}

function sumOf(x: usize, features: usize): f32 {
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < features; at += 4) sum = f32x4.add(sum, loadFirst(x + at * 4, features - at));
  return sumLanes(sum);
}

function sumOfSquares(x: usize, features: usize): f32 {
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < features; at += 4) {
    const four = loadFirst(x + at * 4, features - at);
    sum = f32x4.add(sum, f32x4.mul(four, four));
  }
  return sumLanes(sum);
}
