import { exp, sigmoid } from "./exp";
import { loadFirst, storeFirst } from "./lanes";

const SILU: i32 = 0;
const GELU: i32 = 1;
const GELU_TANH: i32 = 2;

/**
 * out[r, i] = activation(gate[r, i]) * up[r, i]; without `up`, the address 0, just activation(gate[r, i]).
 *
 * @param activation 0 silu, 1 gelu, 2 gelu_tanh, 3 relu
 * @param gate [rows, stride] f32, and `up` likewise: two halves of one matrix, say
 * @param out [rows, features] f32
 * @param begin of the outputs, counted over all rows
 */
export function activate(
  activation: i32,
  gate: usize,
  up: usize,
  stride: usize,
  features: usize,
  out: usize,
  begin: usize,
  end: usize,
): void {
  if (activation == SILU) activateRange(SILU, gate, up, stride, features, out, begin, end);
  else if (activation == GELU) activateRange(GELU, gate, up, stride, features, out, begin, end);
  else if (activation == GELU_TANH) activateRange(GELU_TANH, gate, up, stride, features, out, begin, end);
  else activateRange(3, gate, up, stride, features, out, begin, end);
}

@inline
function activateRange(
  activation: i32,
  gate: usize,
  up: usize,
  stride: usize,
  features: usize,
  out: usize,
  begin: usize,
  end: usize,
): void {
  while (begin < end) {
    const row = begin / features;
    const feature = begin % features;
    const length = min(features - feature, end - begin);
    const from = (row * stride + feature) * 4;
    for (let at: usize = 0; at < length; at += 4) {
      const x = loadFirst(gate + from + at * 4, length - at);
      let y = activated(activation, x);
      if (up != 0) y = f32x4.mul(y, loadFirst(up + from + at * 4, length - at));
      storeFirst(out + (begin + at) * 4, y, length - at);
    }
    begin += length;
  }
}

@inline
function activated(activation: i32, x: v128): v128 {
  if (activation == SILU) return f32x4.mul(x, sigmoid(x));
  if (activation == GELU) return f32x4.mul(x, cumulative(x));
  if (activation == GELU_TANH) {
    // x / 2 (1 + tanh(u)) = x sigmoid(2u)
    const cube = f32x4.mul(f32x4.mul(x, x), x);
    const inner = f32x4.add(x, f32x4.mul(cube, f32x4.splat(0.044715)));
    return f32x4.mul(x, sigmoid(f32x4.mul(inner, f32x4.splat(1.5957691216057308))));
  }
  return f32x4.max(x, f32x4.splat(0));
}

/** Φ(x) = erfc(-x / √2) / 2, to an absolute error of 2e-7 (Abramowitz and Stegun, 7.1.26). */
@inline
function cumulative(x: v128): v128 {
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(0.7071067811865476));
  const one = f32x4.splat(1);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(z, f32x4.splat(0.3275911))));
  let p = f32x4.splat(1.061405429);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.453152027));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.421413741));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.284496736));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.254829592));
  const density = exp(f32x4.neg(f32x4.mul(z, z)));
  const tail = f32x4.mul(f32x4.mul(f32x4.mul(p, t), density), f32x4.splat(0.5));
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
}
