import { AttendCall, KeySource } from "./attend-call";
import { loadFirst, storePair, sumEach } from "./lanes";
import { isWide } from "./wide";

/** A bias below this hides a slot: neither its key nor its value has any effect, whatever it is. */
export const HIDDEN: f32 = -1e29;

/** Bytes of two vectors, which hold one sum of products. */
const PAIR: usize = 32;

/** What `score` needs for the sums of two queries and four keys. */
export const SCORE_BYTES: usize = 8 * PAIR;

/**
 * scores = query · key * scale + bias, for one query or two, a and b, and the addresses of the values that belong to them.
 * Of slots that no query sees, four at a time are left out, so that those of other sequences cost no more than their
 * bias. Scores are written by fours: up to 3 numbers behind the last are overwritten.
 *
 * @param sums room for `SCORE_BYTES`
 * @param offset of the keys that the queries see, and of the values, in bytes
 * @returns how many slots there are scores of
 */
@inline
export function score(
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
  values: usize,
  sums: usize,
): usize {
  const keys = source.keys + offset;
  const stride = source.slotStride * 4;
  const slots = source.slots;
  const last = slots - 1;
  const headSize = call.headSize;
  const scale = f32x4.splat(call.scale);
  const hidden = f32x4.splat(HIDDEN);
  const valueSteps = i32x4.mul(i32x4.splat(<i32>stride), i32x4(0, 1, 2, 3));
  let count: usize = 0;
  let slot: usize = 0;
  while (slot < slots) {
    const fourA = loadFirst(biasA + slot * 4, slots - slot);
    const fourB = queries > 1 ? loadFirst(biasB + slot * 4, slots - slot) : fourA;
    const hiddenA = f32x4.lt(fourA, hidden);
    const hiddenB = queries > 1 ? f32x4.lt(fourB, hidden) : hiddenA;
    if (i32x4.all_true(queries > 1 ? v128.and(hiddenA, hiddenB) : hiddenA)) {
      slot += 4;
      while (slot + 16 <= slots && areHidden(biasA + slot * 4) && (queries == 1 || areHidden(biasB + slot * 4))) {
        slot += 16;
      }
      continue;
    }
    // Past the last slot, the last one again: its scores there are never read.
    if (isWide()) {
      const key0 = keys + slot * stride, key1 = keys + min(slot + 1, last) * stride;
      const key2 = keys + min(slot + 2, last) * stride, key3 = keys + min(slot + 3, last) * stride;
      multiplyKeys(queries, true, queryA, queryB, headSize, key0, key1, key2, key3, sums);
    } else {
      for (let pair: usize = 0; pair < 4; pair += 2) {
        const key0 = keys + min(slot + pair, last) * stride, key1 = keys + min(slot + pair + 1, last) * stride;
        multiplyKeys(queries, false, queryA, queryB, headSize, key0, key1, key0, key1, sums + pair * 2 * PAIR);
      }
    }
    const sumsA = f32x4.add(f32x4.mul(sumFour(sums), scale), fourA);
    v128.store(scoresA + count * 4, v128.bitselect(fourA, sumsA, hiddenA));
    if (queries > 1) {
      const sumsB = f32x4.add(f32x4.mul(sumFour(sums + 2 * PAIR), scale), fourB);
      v128.store(scoresB + count * 4, v128.bitselect(fourB, sumsB, hiddenB));
    }
    v128.store(values + count * 4, i32x4.add(i32x4.splat(<i32>(source.values + offset + slot * stride)), valueSteps));
    count += min(slots - slot, 4);
    slot += 4;
  }
  return count;
}

/**
 * Products of one query or two with two keys, or with `four` of them, each added up in eight lanes:
 * [a with key 0, a with key 1, b with key 0, b with key 1], and the same with keys 2 and 3.
 * In two vectors beside each other, of which V8 can make one of 256 bits: sums of four keys fit 16 registers only then.
 */
@inline
function multiplyKeys(
  queries: i32,
  four: bool,
  a: usize,
  b: usize,
  headSize: usize,
  key0: usize,
  key1: usize,
  key2: usize,
  key3: usize,
  sums: usize,
): void {
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  let a0High = a0, a1High = a0, a2High = a0, a3High = a0, b0High = a0, b1High = a0, b2High = a0, b3High = a0;
  // Moving addresses: an index added to fixed ones takes V8 up to half as long again.
  for (const end = a + (headSize & ~7) * 4; a < end; a += 32) {
    const q = v128.load(a), qHigh = v128.load(a, 16);
    const r = queries > 1 ? v128.load(b) : q, rHigh = queries > 1 ? v128.load(b, 16) : qHigh;
    let k = v128.load(key0), kHigh = v128.load(key0, 16);
    (a0 = addProducts(a0, q, k)), (a0High = addProducts(a0High, qHigh, kHigh));
    if (queries > 1) (b0 = addProducts(b0, r, k)), (b0High = addProducts(b0High, rHigh, kHigh));
    (k = v128.load(key1)), (kHigh = v128.load(key1, 16));
    (a1 = addProducts(a1, q, k)), (a1High = addProducts(a1High, qHigh, kHigh));
    if (queries > 1) (b1 = addProducts(b1, r, k)), (b1High = addProducts(b1High, rHigh, kHigh));
    if (four) {
      (k = v128.load(key2)), (kHigh = v128.load(key2, 16));
      (a2 = addProducts(a2, q, k)), (a2High = addProducts(a2High, qHigh, kHigh));
      if (queries > 1) (b2 = addProducts(b2, r, k)), (b2High = addProducts(b2High, rHigh, kHigh));
      (k = v128.load(key3)), (kHigh = v128.load(key3, 16));
      (a3 = addProducts(a3, q, k)), (a3High = addProducts(a3High, qHigh, kHigh));
      if (queries > 1) (b3 = addProducts(b3, r, k)), (b3High = addProducts(b3High, rHigh, kHigh));
      (key2 += 32), (key3 += 32);
    }
    if (queries > 1) b += 32;
    (key0 += 32), (key1 += 32);
  }
  storeSums(queries, sums, a0, a0High, a1, a1High, b0, b0High, b1, b1High);
  if (four) storeSums(queries, sums + 4 * PAIR, a2, a2High, a3, a3High, b2, b2High, b3, b3High);
  if ((headSize & 4) == 0) return;
  addLast(queries, sums, a, b, key0, key1);
  if (four) addLast(queries, sums + 4 * PAIR, a, b, key2, key3);
}

@inline
function addProducts(sum: v128, query: v128, key: v128): v128 {
  return f32x4.add(sum, f32x4.mul(query, key));
}

@inline
function storeSums(
  queries: i32,
  to: usize,
  a0: v128,
  a0High: v128,
  a1: v128,
  a1High: v128,
  b0: v128,
  b0High: v128,
  b1: v128,
  b1High: v128,
): void {
  storePair(to, a0, a0High);
  storePair(to + PAIR, a1, a1High);
  if (queries == 1) return;
  storePair(to + 2 * PAIR, b0, b0High);
  storePair(to + 3 * PAIR, b1, b1High);
}

/** The last four of a head whose size is no multiple of eight. */
function addLast(queries: i32, sums: usize, a: usize, b: usize, key0: usize, key1: usize): void {
  const q = v128.load(a), k0 = v128.load(key0), k1 = v128.load(key1);
  v128.store(sums, addProducts(v128.load(sums), q, k0));
  v128.store(sums + PAIR, addProducts(v128.load(sums + PAIR), q, k1));
  if (queries == 1) return;
  const r = v128.load(b);
  v128.store(sums + 2 * PAIR, addProducts(v128.load(sums + 2 * PAIR), r, k0));
  v128.store(sums + 3 * PAIR, addProducts(v128.load(sums + 3 * PAIR), r, k1));
}

/** Sums of the eight lanes that `multiplyKeys` left for one query and four keys. */
@inline
function sumFour(sums: usize): v128 {
  return sumEach(
    sumPair(sums), sumPair(sums + PAIR), sumPair(sums + 4 * PAIR), sumPair(sums + 5 * PAIR),
  );
}

@inline
function sumPair(at: usize): v128 {
  return f32x4.add(v128.load(at), v128.load(at, 16));
}

/** Whether 16 slots are hidden. */
@inline
function areHidden(bias: usize): bool {
  const front = f32x4.pmax(v128.load(bias), v128.load(bias, 16));
  const back = f32x4.pmax(v128.load(bias, 32), v128.load(bias, 48));
  return i32x4.all_true(f32x4.lt(f32x4.pmax(front, back), f32x4.splat(HIDDEN)));
}
