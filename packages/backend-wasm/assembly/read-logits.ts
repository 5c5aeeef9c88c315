import { exponentials, log, LOWEST } from "./exp";
import { loadFirst, maxLanes, sumLanes } from "./lanes";

/** Numbers whose exponentials are added up in float32 before the sum goes on in float64. */
const CHUNK: usize = 1024;

/**
 * out[r] = log(sum of exp(logits[r, i]))
 *
 * @param scratch `logSumExpScratchBytes` for one thread
 */
export function logSumExp(
  logits: usize,
  stride: usize,
  features: usize,
  out: usize,
  scratch: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    const x = logits + row * stride * 4;
    const largest = largestOf(x, features);
    let total: f64 = 0;
    for (let at: usize = 0; at < features; at += CHUNK) {
      const count = min(CHUNK, features - at);
      exponentials(x + at * 4, count, largest, LOWEST, scratch);
      total += <f64>sumOf(scratch, count);
    }
    store<f32>(out + row * 4, <f32>(<f64>largest + log(total)));
  }
}

/** Room for the exponentials of a chunk. */
export function logSumExpScratchBytes(): usize {
  return CHUNK * 4;
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
  let a = f32x4.splat(-Infinity), b = a;
  let at: usize = 0;
  for (; at + 8 <= features; at += 8) {
    a = f32x4.pmax(a, v128.load(x + at * 4));
    b = f32x4.pmax(b, v128.load(x + at * 4, 16));
  }
  let result = maxLanes(f32x4.pmax(a, b));
  for (; at < features; at++) result = max(result, load<f32>(x + at * 4));
  return result;
}

function sumOf(x: usize, count: usize): f32 {
  let a = f32x4.splat(0), b = a;
  let at: usize = 0;
  for (const pairs = count & ~7; at < pairs; at += 8) {
    a = f32x4.add(a, v128.load(x + at * 4));
    b = f32x4.add(b, v128.load(x + at * 4, 16));
  }
  for (; at < count; at += 4) a = f32x4.add(a, loadFirst(x + at * 4, count - at));
  return sumLanes(f32x4.add(a, b));
}
