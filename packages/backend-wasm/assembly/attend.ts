import { AttendCall, KeySource, sourceAt } from "./attend-call";
import { exponentials } from "./exp";
import { maxLanes } from "./lanes";
import { mix } from "./mix-values";
import { HIDDEN, score, SCORE_BYTES } from "./score-keys";
import { isWide } from "./wide";

/**
 * Slots whose score is this much below the best get the weight 0: hidden ones, and those with less than 5e-18, which no
 * float32 sum would show. Smaller weights would make products with tiny values, which processors compute very slowly.
 */
const LOWEST_SCORE: f32 = -40;

/**
 * Softmax attention. Its outputs are counted by kv head, then row, then query head of the kv head, so that those which
 * look at the same keys are neighbours; two of them at a time share what is read.
 *
 * Slots are added up one by one in their order, and a hidden slot is passed over. So a result depends on which slots a
 * row sees, and in which order, but not on what else stands between them, nor on other rows: a branch of a tree and
 * plain text agree. A row that sees nothing gets zeros.
 *
 * @param scratch `attendScratchBytes` for one thread
 */
export function attend(call: AttendCall, scratch: usize, begin: usize, end: usize): void {
  while (begin < end) {
    if (begin + 1 < end && sameKeys(call, begin, begin + 1)) {
      attendQueries(2, call, begin, scratch);
      begin += 2;
    } else {
      attendQueries(1, call, begin, scratch);
      begin += 1;
    }
  }
}

/** Room for the scores of two queries, for the addresses of the values that they meet, and for sums of products. */
export function attendScratchBytes(call: AttendCall): usize {
  return 3 * listBytes(call) + SCORE_BYTES;
}

/** Room for a number for each slot, and for a few behind the last. */
function listBytes(call: AttendCall): usize {
  let slots: usize = 0;
  for (let index: usize = 0; index < call.sources; index++) slots += sourceAt(call, index).slots;
  return 4 * (slots + 8);
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
function attendQueries(queries: i32, call: AttendCall, a: usize, scoresA: usize): void {
  const b = queries > 1 ? a + 1 : a;
  const room = listBytes(call);
  const scoresB = scoresA + room;
  const values = scoresB + room;
  const sums = values + room;
  const queryA = call.query + (rowOf(call, a) * call.queryStride + headOf(call, a) * call.headSize) * 4;
  const queryB = call.query + (rowOf(call, b) * call.queryStride + headOf(call, b) * call.headSize) * 4;
  let count: usize = 0;
  for (let index: usize = 0; index < call.sources; index++) {
    const source = sourceAt(call, index);
    const at = count * 4;
    const biasA = biasOf(call, source, a), biasB = biasOf(call, source, b);
    count += score(
      queries, call, source, seenFrom(call, source, a), queryA, queryB, biasA, biasB, scoresA + at, scoresB + at,
      values + at, sums,
    );
  }
  exponentiate(scoresA, count);
  if (queries > 1) exponentiate(scoresB, count);

  // What nobody sees goes; what fills up the last four is not seen either.
  const zero = f32x4.splat(0);
  let kept: usize = 0;
  for (let at: usize = 0; at < count * 4; at += 16) {
    const fourA = v128.load(scoresA + at);
    const fourB = queries > 1 ? v128.load(scoresB + at) : fourA;
    v128.store(scoresA + kept, fourA);
    if (queries > 1) v128.store(scoresB + kept, fourB);
    v128.store(values + kept, v128.load(values + at));
    const seen = f32x4.ne(queries > 1 ? v128.or(fourA, fourB) : fourA, zero);
    if (i32x4.all_true(seen)) kept += 16;
    else kept = keepSeen(queries, scoresA, scoresB, values, kept, i32x4.bitmask(seen));
  }

  const outA = call.out + (rowOf(call, a) * call.outStride + headOf(call, a) * call.headSize) * 4;
  const outB = call.out + (rowOf(call, b) * call.outStride + headOf(call, b) * call.headSize) * 4;
  const end = values + kept;
  let at: usize = 0;
  if (isWide()) {
    for (; at + 32 <= call.headSize; at += 32) {
      mix(queries, 8, values, end, at * 4, scoresA, scoresB, outA, outB);
    }
  }
  for (; at + 16 <= call.headSize; at += 16) {
    mix(queries, 4, values, end, at * 4, scoresA, scoresB, outA, outB);
  }
  for (; at < call.headSize; at += 4) {
    mix(queries, 1, values, end, at * 4, scoresA, scoresB, outA, outB);
  }
}

/** Of four slots that stand at `kept` those that are seen. @returns where the next four may stand */
function keepSeen(queries: i32, scoresA: usize, scoresB: usize, values: usize, kept: usize, seen: i32): usize {
  for (let from = kept; seen != 0; seen >>= 1, from += 4) {
    store<f32>(scoresA + kept, load<f32>(scoresA + from));
    if (queries > 1) store<f32>(scoresB + kept, load<f32>(scoresB + from));
    store<usize>(values + kept, load<usize>(values + from));
    kept += (seen & 1) << 2;
  }
  return kept;
}

/** scores[slot] = exp(scores[slot] - the largest); 0 for hidden slots, even if there are no others. */
function exponentiate(scores: usize, slots: usize): void {
  const nothing = f32x4.splat(-Infinity); // fills up the last eight
  v128.store(scores + slots * 4, nothing);
  v128.store(scores + slots * 4, nothing, 16);
  let a = f32x4.splat(HIDDEN), b = a;
  for (let slot: usize = 0; slot < slots; slot += 8) {
    a = f32x4.pmax(a, v128.load(scores + slot * 4));
    b = f32x4.pmax(b, v128.load(scores + slot * 4, 16));
  }
  exponentials(scores, (slots + 7) & ~7, maxLanes(f32x4.pmax(a, b)), LOWEST_SCORE, scores);
}
