import { exp, log } from "./exp";
import { maxLanes, sumLanes } from "./lanes";

/** Numbers whose exponentials are added up in float32 before the sum goes on in float64. */
const CHUNK: usize = 1024;

/**
 * indices[r] = index of the largest of row r, the first where several are equal.
 *
 * @param logits [rows, stride] f32
 */
export function argmax(
  logits: usize,
  stride: usize,
  features: usize,
  indices: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const x = logits + row * stride * 4;
    const largest = largestOf(x, features);
    store<i32>(indices + row * 4, <i32>indexOf(x, features, largest));
  }
}

/** out[r] = log(sum of exp(logits[r, i])) */
export function logSumExp(
  logits: usize,
  stride: usize,
  features: usize,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const x = logits + row * stride * 4;
    const largest = largestOf(x, features);
    let total: f64 = 0;
    for (let at: usize = 0; at < features; at += CHUNK) {
      total += <f64>sumOfExp(x + at * 4, min(CHUNK, features - at), largest);
    }
    store<f32>(out + row * 4, <f32>(<f64>largest + log(total)));
  }
}

/** out[r] = logits[r, targets[r]] - sums[r]: log-probabilities of given tokens, with sums as `logSumExp` gives them. */
export function logProb(
  logits: usize,
  stride: usize,
  sums: usize,
  targets: usize,
  out: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const target = <usize>load<u32>(targets + row * 4);
    store<f32>(out + row * 4, load<f32>(logits + (row * stride + target) * 4) - load<f32>(sums + row * 4));
  }
}

/**
 * The k largest of each row, best first; of equal ones, the first comes first.
 *
 * @param sums [rows] f32, as `logSumExp` gives them
 * @param logProbs [rows, k] f32
 * @param indices [rows, k] i32
 */
export function topK(
  logits: usize,
  stride: usize,
  features: usize,
  k: usize,
  sums: usize,
  logProbs: usize,
  indices: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const x = logits + row * stride * 4;
    const best = logProbs + row * k * 4;
    const bestAt = indices + row * k * 4;
    for (let i: usize = 0; i < k; i++) insert(best, bestAt, i, load<f32>(x + i * 4), i);
    let i = k;
    while (i < features) {
      const last = load<f32>(best + (k - 1) * 4);
      const left = features - i;
      // Four at once, since almost all are too small.
      if (left >= 4 && !v128.any_true(f32x4.gt(v128.load(x + i * 4), f32x4.splat(last)))) {
        i += 4;
        continue;
      }
      const logit = load<f32>(x + i * 4);
      if (logit > last) insert(best, bestAt, k - 1, logit, i);
      i++;
    }
    const sum = load<f32>(sums + row * 4);
    for (let rank: usize = 0; rank < k; rank++) store<f32>(best + rank * 4, load<f32>(best + rank * 4) - sum);
  }
}

/** Puts a logit among the first `count`, which fall from first to last, and drops what stood at `count`. */
function insert(best: usize, bestAt: usize, count: usize, logit: f32, index: usize): void {
  let rank = count;
  for (; rank > 0 && load<f32>(best + (rank - 1) * 4) < logit; rank--) {
    store<f32>(best + rank * 4, load<f32>(best + (rank - 1) * 4));
    store<u32>(bestAt + rank * 4, load<u32>(bestAt + (rank - 1) * 4));
  }
  store<f32>(best + rank * 4, logit);
  store<u32>(bestAt + rank * 4, <u32>index);
}

function largestOf(x: usize, features: usize): f32 {
  let largest = f32x4.splat(-Infinity);
  let at: usize = 0;
  for (; at + 4 <= features; at += 4) largest = f32x4.pmax(largest, v128.load(x + at * 4));
  let result = maxLanes(largest);
  for (; at < features; at++) result = max(result, load<f32>(x + at * 4));
  return result;
}

function indexOf(x: usize, features: usize, value: f32): usize {
  const wanted = f32x4.splat(value);
  let at: usize = 0;
  while (at + 4 <= features && !v128.any_true(f32x4.eq(v128.load(x + at * 4), wanted))) at += 4;
  while (at < features && load<f32>(x + at * 4) != value) at++;
  return at < features ? at : 0;
}

function sumOfExp(x: usize, length: usize, largest: f32): f32 {
  const shift = f32x4.splat(largest);
  let sum = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 4 <= length; at += 4) sum = f32x4.add(sum, exp(f32x4.sub(v128.load(x + at * 4), shift)));
  let total = sumLanes(sum);
  for (; at < length; at++) total += f32x4.extract_lane(exp(f32x4.splat(load<f32>(x + at * 4) - largest)), 0);
  return total;
}
