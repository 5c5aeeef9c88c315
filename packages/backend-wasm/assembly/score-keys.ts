import { AttendCall, KeySource } from "./attend-call";
import { loadFirst, storePair, sumEach } from "./lanes";

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
    for (let pair: usize = 0; pair < 4; pair += 2) {
      // Past the last slot, the last one again: its scores there are never read.
      const key0 = keys + min(slot + pair, last) * stride;
      const key1 = keys + min(slot + pair + 1, last) * stride;
      multiplyKeys(queries, queryA, queryB, headSize, key0, key1, sums + pair * 2 * PAIR);
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
 * Products of one query or two with two keys, each added up in eight lanes: [a with key 0, a with key 1, b with key 0, b with key 1].
 * In two vectors beside each other, of which V8 can make one of 256 bits.
 */
@inline
function multiplyKeys(queries: i32, a: usize, b: usize, headSize: usize, key0: usize, key1: usize, sums: usize): void {
  let a0 = f32x4.splat(0), a0High = a0, a1 = a0, a1High = a0;
  let b0 = a0, b0High = a0, b1 = a0, b1High = a0;
  // Moving addresses: an index added to fixed ones takes V8 up to half as long again.
  for (const end = a + (headSize & ~7) * 4; a < end; a += 32) {
    const k0 = v128.load(key0), k0High = v128.load(key0, 16);
    const k1 = v128.load(key1), k1High = v128.load(key1, 16);
    let q = v128.load(a), qHigh = v128.load(a, 16);
    a0 = f32x4.add(a0, f32x4.mul(q, k0));
    a0High = f32x4.add(a0High, f32x4.mul(qHigh, k0High));
    a1 = f32x4.add(a1, f32x4.mul(q, k1));
    a1High = f32x4.add(a1High, f32x4.mul(qHigh, k1High));
    if (queries > 1) {
      (q = v128.load(b)), (qHigh = v128.load(b, 16));
      b0 = f32x4.add(b0, f32x4.mul(q, k0));
      b0High = f32x4.add(b0High, f32x4.mul(qHigh, k0High));
      b1 = f32x4.add(b1, f32x4.mul(q, k1));
      b1High = f32x4.add(b1High, f32x4.mul(qHigh, k1High));
      b += 32;
    }
    (key0 += 32), (key1 += 32);
  }
  storePair(sums, a0, a0High);
  storePair(sums + PAIR, a1, a1High);
  if (queries > 1) {
    storePair(sums + 2 * PAIR, b0, b0High);
    storePair(sums + 3 * PAIR, b1, b1High);
  }
  if ((headSize & 4) == 0) return;
  addLast(sums, a, key0);
  addLast(sums + PAIR, a, key1);
  if (queries > 1) {
    addLast(sums + 2 * PAIR, b, key0);
    addLast(sums + 3 * PAIR, b, key1);
  }
}

/** The last four of a head whose size is no multiple of eight. */
@inline
function addLast(sum: usize, query: usize, key: usize): void {
  v128.store(sum, f32x4.add(v128.load(sum), f32x4.mul(v128.load(query), v128.load(key))));
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
