import { exponentials, LOWEST } from "./exp";
import { loadFirst, storeFirst } from "./lanes";

const SILU: i32 = 0;
const GELU: i32 = 1;
const GELU_TANH: i32 = 2;

/**
 * out[r, i] = activation(gate[r, i]) * up[r, i]; without `up`, the address 0, just activation(gate[r, i]).
 *
 * @param activation 0 silu, 1 gelu, 2 gelu_tanh, 3 relu
 * @param gate [rows, stride] f32, and `up` likewise: two halves of one matrix, say
 * @param out [rows, features] f32; not `gate` or `up`, since it holds exponentials first
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
  while (begin < end) {
    const row = begin / features;
    const feature = begin % features;
    const length = min(features - feature, end - begin);
    const from = (row * stride + feature) * 4;
    const x = gate + from, beside = up == 0 ? 0 : up + from, to = out + begin * 4;
    if (activation == SILU) {
      exponentials(x, length, 0, LOWEST, to);
    } else if (activation == GELU || activation == GELU_TANH) {
      for (let at: usize = 0; at < length; at += 4) {
        storeFirst(to + at * 4, exponent(activation, loadFirst(x + at * 4, length - at)), length - at);
      }
      exponentials(to, length, 0, LOWEST, to);
    }
    if (activation == SILU || activation == GELU_TANH) activateStretch(SILU, x, beside, length, to);
    else if (activation == GELU) activateStretch(GELU, x, beside, length, to);
    else activateStretch(3, x, beside, length, to);
    begin += length;
  }
}

/** @param out holds exp(-|u|), see `activated` */
@inline
function activateStretch(activation: i32, gate: usize, up: usize, length: usize, out: usize): void {
  for (let at: usize = 0; at < length; at += 4) {
    const left = length - at, to = out + at * 4;
    const some = activated(activation, loadFirst(gate + at * 4, left), loadFirst(to, left));
    storeFirst(to, up == 0 ? some : f32x4.mul(some, loadFirst(up + at * 4, left)), left);
  }
}

/** For x, the number u for which `activated` needs exp(-|u|). */
@inline
function exponent(activation: i32, x: v128): v128 {
  if (activation == GELU) return f32x4.mul(f32x4.mul(x, x), f32x4.splat(0.5));
  // x / 2 (1 + tanh(u / 2)) = x sigmoid(u)
  const cube = f32x4.mul(f32x4.mul(x, x), x);
  const inner = f32x4.add(x, f32x4.mul(cube, f32x4.splat(0.044715)));
  return f32x4.mul(inner, f32x4.splat(1.5957691216057308));
}

/** @param power exp(-|u|), with u = x for silu and `exponent` for gelu; SILU stands for both kinds that are x sigmoid(u) */
@inline
function activated(activation: i32, x: v128, power: v128): v128 {
  if (activation == SILU) {
    // x sigmoid(u), and u has the sign of x: by exp(-|u|), which cannot overflow.
    const one = f32x4.splat(1);
    const numerator = v128.bitselect(power, one, f32x4.lt(x, f32x4.splat(0)));
    return f32x4.mul(x, f32x4.div(numerator, f32x4.add(one, power)));
  }
  if (activation == GELU) return f32x4.mul(x, cumulative(x, power));
  return f32x4.max(x, f32x4.splat(0));
}

/**
 * Φ(x) = erfc(-x / √2) / 2, to an absolute error of 2e-7 (Abramowitz and Stegun, 7.1.26).
 *
 * @param density exp(-x² / 2)
 */
@inline
function cumulative(x: v128, density: v128): v128 {
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(0.7071067811865476));
  const one = f32x4.splat(1);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(z, f32x4.splat(0.3275911))));
  let p = f32x4.splat(1.061405429);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.453152027));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.421413741));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.284496736));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.254829592));
  const tail = f32x4.mul(f32x4.mul(f32x4.mul(p, t), density), f32x4.splat(0.5));
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
}
