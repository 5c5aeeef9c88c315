import { AttendCall, KeySource } from "./attend-call";
import { loadFirst, sumEach } from "./lanes";

/** A bias below this hides a slot: neither its key nor its value has any effect, whatever it is. */
export const HIDDEN: f32 = -1e29;

/**
 * scores = query · key * scale + bias, for one query or two, a and b, and the addresses of the values that belong to them.
 * Of slots that no query sees, four at a time are left out, so that those of other sequences cost no more than their
 * bias. Scores are written by fours: up to 3 numbers behind the last are overwritten.
 *
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
): usize {
  const keys = source.keys + offset;
  const stride = source.slotStride * 4;
  const slots = source.slots;
  const last = slots - 1;
  const headBytes = call.headSize * 4;
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
    const sumsA = f32x4.add(f32x4.mul(sumEach(a0, a1, a2, a3), scale), fourA);
    v128.store(scoresA + count * 4, v128.bitselect(fourA, sumsA, hiddenA));
    if (queries > 1) {
      const sumsB = f32x4.add(f32x4.mul(sumEach(b0, b1, b2, b3), scale), fourB);
      v128.store(scoresB + count * 4, v128.bitselect(fourB, sumsB, hiddenB));
    }
    v128.store(values + count * 4, i32x4.add(i32x4.splat(<i32>(source.values + offset + slot * stride)), valueSteps));
    count += min(slots - slot, 4);
    slot += 4;
  }
  return count;
}

/** Whether 16 slots are hidden. */
@inline
function areHidden(bias: usize): bool {
  const front = f32x4.pmax(v128.load(bias), v128.load(bias, 16));
  const back = f32x4.pmax(v128.load(bias, 32), v128.load(bias, 48));
  return i32x4.all_true(f32x4.lt(f32x4.pmax(front, back), f32x4.splat(HIDDEN)));
}
