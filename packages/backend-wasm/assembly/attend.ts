import { AttendCall, KeySource, sourceAt } from "./attend-call";
import { exp } from "./exp";
import { loadFirst, maxLanes, sumEach } from "./lanes";

/**
 * Slots whose score is this much below the best get the weight 0: hidden ones, and those with less than 5e-18, which no
 * float32 sum would show. Smaller weights would make products with tiny values, which processors compute very slowly.
 */
const LOWEST_SCORE: f32 = -40;

/**
 * Softmax attention. Its outputs are counted by kv head, then row, then query head of the kv head, so that those which
 * look at the same keys are neighbours; two of them at a time share what is read.
 *
 * Slots are added up one by one in their order, and a hidden slot adds 0. So a result depends on which slots a row
 * sees, and in which order, but not on what else stands between them, nor on other rows: a branch of a tree and plain
 * text agree.
 *
 * @param scratch `attendScratchBytes` for one thread
 */
export function attend(call: AttendCall, scratch: usize, begin: usize, end: usize): void {
  const second = scratch + attendScratchBytes(call) / 2;
  while (begin < end) {
    if (begin + 1 < end && sameKeys(call, begin, begin + 1)) {
      attendQueries(2, call, begin, scratch, second);
      begin += 2;
    } else {
      attendQueries(1, call, begin, scratch, second);
      begin += 1;
    }
  }
}

/** Room for the scores of two queries. */
export function attendScratchBytes(call: AttendCall): usize {
  let slots: usize = 0;
  for (let index: usize = 0; index < call.sources; index++) slots += sourceAt(call, index).slots;
  return 2 * 4 * (slots + 8);
}

@inline
function kvHeadOf(call: AttendCall, item: usize): usize {
  return item / (call.rows * (call.heads / call.kvHeads));
}

@inline
function rowOf(call: AttendCall, item: usize): usize {
  return (item / (call.heads / call.kvHeads)) % call.rows;
}

@inline
function headOf(call: AttendCall, item: usize): usize {
  const group = call.heads / call.kvHeads;
  return kvHeadOf(call, item) * group + (item % group);
}

function sameKeys(call: AttendCall, a: usize, b: usize): bool {
  if (kvHeadOf(call, a) != kvHeadOf(call, b)) return false;
  if (rowOf(call, a) / call.members == rowOf(call, b) / call.members) return true;
  for (let index: usize = 0; index < call.sources; index++) {
    if (sourceAt(call, index).positionStride != 0) return false;
  }
  return true;
}

/** Where the keys (or values) that a query sees begin. */
@inline
function seenFrom(call: AttendCall, source: KeySource, item: usize): usize {
  const position = rowOf(call, item) / call.members;
  return (kvHeadOf(call, item) * source.headStride + position * source.positionStride) * 4;
}

@inline
function biasOf(call: AttendCall, source: KeySource, item: usize): usize {
  const row = rowOf(call, item);
  return source.bias + ((row / call.members) * source.biasStride + (row % call.members) * source.biasMemberStride) * 4;
}

/** One query, a, or two, a and b = a + 1, which see the same keys. */
@inline
function attendQueries(queries: i32, call: AttendCall, a: usize, scoresA: usize, scoresB: usize): void {
  const b = queries > 1 ? a + 1 : a;
  const queryA = call.query + (rowOf(call, a) * call.queryStride + headOf(call, a) * call.headSize) * 4;
  const queryB = call.query + (rowOf(call, b) * call.queryStride + headOf(call, b) * call.headSize) * 4;
  let slots: usize = 0;
  for (let index: usize = 0; index < call.sources; index++) {
    const source = sourceAt(call, index);
    const at = slots * 4;
    const biasA = biasOf(call, source, a), biasB = biasOf(call, source, b);
    score(queries, call, source, seenFrom(call, source, a), queryA, queryB, biasA, biasB, scoresA + at, scoresB + at);
    slots += source.slots;
  }
  exponentiate(scoresA, slots);
  if (queries > 1) exponentiate(scoresB, slots);

  const outA = call.out + (rowOf(call, a) * call.outStride + headOf(call, a) * call.headSize) * 4;
  const outB = call.out + (rowOf(call, b) * call.outStride + headOf(call, b) * call.headSize) * 4;
  const factorA = f32x4.splat(1 / sumInOrder(scoresA, slots));
  const factorB = queries > 1 ? f32x4.splat(1 / sumInOrder(scoresB, slots)) : factorA;
  let at: usize = 0;
  for (; at + 16 <= call.headSize; at += 16) {
    mix(queries, 4, call, a, at * 4, scoresA, scoresB, factorA, factorB, outA, outB);
  }
  for (; at < call.headSize; at += 4) mix(queries, 1, call, a, at * 4, scoresA, scoresB, factorA, factorB, outA, outB);
}

/** scores[slot] = query · key * scale + bias, four at a time: up to 3 numbers behind the last are overwritten. */
@inline
function score(
  queries: i32,
  call: AttendCall,
  source: KeySource,
  offset: usize,
  queryA: usize,
  queryB: usize,
  biasA: usize,
  biasB: usize,
  scoresA: usize,
  scoresB: usize,
): void {
  const keys = source.keys + offset;
  const stride = source.slotStride * 4;
  const slots = source.slots;
  const last = slots - 1;
  const headBytes = call.headSize * 4;
  const scale = f32x4.splat(call.scale);
  for (let slot: usize = 0; slot < slots; slot += 4) {
    // Past the last slot, the last one again: its scores there are never read.
    let key0 = keys + slot * stride;
    let key1 = keys + min(slot + 1, last) * stride;
    let key2 = keys + min(slot + 2, last) * stride;
    let key3 = keys + min(slot + 3, last) * stride;
    let toA = queryA, toB = queryB;
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
    let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    // Six moving addresses: an index added to six fixed ones takes V8 up to half as long again.
    for (const end = queryA + headBytes; toA < end; toA += 16) {
      const a = v128.load(toA);
      const b = queries > 1 ? v128.load(toB) : a;
      const k0 = v128.load(key0), k1 = v128.load(key1), k2 = v128.load(key2), k3 = v128.load(key3);
      a0 = f32x4.add(a0, f32x4.mul(a, k0));
      a1 = f32x4.add(a1, f32x4.mul(a, k1));
      a2 = f32x4.add(a2, f32x4.mul(a, k2));
      a3 = f32x4.add(a3, f32x4.mul(a, k3));
      if (queries > 1) {
        b0 = f32x4.add(b0, f32x4.mul(b, k0));
        b1 = f32x4.add(b1, f32x4.mul(b, k1));
        b2 = f32x4.add(b2, f32x4.mul(b, k2));
        b3 = f32x4.add(b3, f32x4.mul(b, k3));
        toB += 16;
      }
      (key0 += 16), (key1 += 16), (key2 += 16), (key3 += 16);
    }
    const sumsA = f32x4.mul(sumEach(a0, a1, a2, a3), scale);
    v128.store(scoresA + slot * 4, f32x4.add(sumsA, loadFirst(biasA + slot * 4, slots - slot)));
    if (queries > 1) {
      const sumsB = f32x4.mul(sumEach(b0, b1, b2, b3), scale);
      v128.store(scoresB + slot * 4, f32x4.add(sumsB, loadFirst(biasB + slot * 4, slots - slot)));
    }
  }
}

/** scores[slot] = exp(scores[slot] - the largest). */
function exponentiate(scores: usize, slots: usize): void {
  v128.store(scores + slots * 4, f32x4.splat(-Infinity)); // fills up the last four
  let largest = f32x4.splat(-Infinity);
  for (let slot: usize = 0; slot < slots; slot += 4) largest = f32x4.pmax(largest, v128.load(scores + slot * 4));
  const shift = f32x4.splat(maxLanes(largest));
  for (let slot: usize = 0; slot < slots; slot += 4) {
    v128.store(scores + slot * 4, exp(f32x4.sub(v128.load(scores + slot * 4), shift), LOWEST_SCORE));
  }
}

/** Not by lanes: hidden slots in between would move the others to other lanes. */
function sumInOrder(weights: usize, slots: usize): f32 {
  let sum: f32 = 0;
  for (let slot: usize = 0; slot < slots; slot++) sum += load<f32>(weights + slot * 4);
  return sum;
}

/** out = factor * (sum over slots of weight * value), for 1 or 4 `vectors` of the head, from byte `at` on. */
@inline
function mix(
  queries: i32,
  vectors: i32,
  call: AttendCall,
  item: usize,
  at: usize,
  weightsA: usize,
  weightsB: usize,
  factorA: v128,
  factorB: v128,
  outA: usize,
  outB: usize,
): void {
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  let weight: usize = 0;
  for (let index: usize = 0; index < call.sources; index++) {
    const source = sourceAt(call, index);
    const stride = source.slotStride * 4;
    const end = weight + source.slots * 4;
    for (let value = source.values + seenFrom(call, source, item) + at; weight < end; weight += 4, value += stride) {
      const a = v128.load32_splat(weightsA + weight);
      const b = queries > 1 ? v128.load32_splat(weightsB + weight) : a;
      let v = v128.load(value);
      a0 = f32x4.add(a0, f32x4.mul(a, v));
      if (queries > 1) b0 = f32x4.add(b0, f32x4.mul(b, v));
      if (vectors > 1) {
        v = v128.load(value, 16);
        a1 = f32x4.add(a1, f32x4.mul(a, v));
        if (queries > 1) b1 = f32x4.add(b1, f32x4.mul(b, v));
        v = v128.load(value, 32);
        a2 = f32x4.add(a2, f32x4.mul(a, v));
        if (queries > 1) b2 = f32x4.add(b2, f32x4.mul(b, v));
        v = v128.load(value, 48);
        a3 = f32x4.add(a3, f32x4.mul(a, v));
        if (queries > 1) b3 = f32x4.add(b3, f32x4.mul(b, v));
      }
    }
  }
  storeMixed(vectors, outA + at, a0, a1, a2, a3, factorA);
  if (queries > 1) storeMixed(vectors, outB + at, b0, b1, b2, b3, factorB);
}

@inline
function storeMixed(vectors: i32, out: usize, v0: v128, v1: v128, v2: v128, v3: v128, factor: v128): void {
  v128.store(out, f32x4.mul(v0, factor));
  if (vectors > 1) {
    v128.store(out, f32x4.mul(v1, factor), 16);
    v128.store(out, f32x4.mul(v2, factor), 32);
    v128.store(out, f32x4.mul(v3, factor), 48);
  }
}
