import { activate } from "./activate";
import { add, addBias, scale } from "./add";
import { attend } from "./attend";
import { AttendCall } from "./attend-call";
import { copyRows } from "./copy";
import { gatherF32, gatherInt4, gatherInt8, gatherInt8Half, gatherRows } from "./gather";
import { insertStreams } from "./insert-streams";
import { matmulF32 } from "./matmul-f32";
import { matmulInt4, matmulInt8, matmulInt8Half } from "./matmul-quantized";
import { layerNorm, norm } from "./norm";
import { packF32 } from "./pack-f32";
import { packInt4, packInt8, packInt8Half } from "./pack-quantized";
import { quantize } from "./quantize";
import { comesNext } from "./read-ahead";
import { logProb, logSumExp, topK } from "./read-logits";
import { rope } from "./rope";
import * as code from "./step-codes";
import { meet } from "./meet";

/** Bytes of a step before the units that a thread has to itself, before the count of pieces that were taken in turn, and so on. */
const OWN: usize = 20;
const TAKEN: usize = 24;
const WEIGHTS: usize = 28;
const TILE_BYTES: usize = 32;
const NEXT: usize = 36;

/**
 * Runs one thread's share of a plan: kernels with their arguments, one after the other, as src/plan lays them in memory.
 * Of a step's units each thread takes the stretch that is its own by number, or pieces in turn. Ends with a barrier: back when all
 * threads are done.
 */
export function runPlan(plan: usize, sync: usize, thread: i32, threads: i32, patience: i32): void {
  const scratch = word(plan, 0) + <usize>thread * word(plan, 1);
  let step = plan + <usize>code.PLAN_HEADER * 4;
  while (load<i32>(step) != code.END) {
    if (load<i32>(step, 16) != 0) meet(sync, threads, patience);
    if (load<i32>(step, OWN) < 0) {
      const units = word(step, 2);
      const piece = word(step, 3);
      const pieces = (units + piece - 1) / piece;
      const begin = min(units, ((pieces * <usize>thread) / <usize>threads) * piece);
      const end = min(units, ((pieces * (<usize>thread + 1)) / <usize>threads) * piece);
      if (begin < end) {
        if (load<usize>(step, TILE_BYTES) != 0) nextStepComes(step, thread);
        runStep(step, scratch, begin, end);
      }
    } else {
      takeTurns(step, scratch, thread, threads);
    }
    step += word(step, 1) * 4;
  }
  meet(sync, threads, patience);
}

/** Runs a thread's own stretch, and then the pieces that no other has taken: one that is held up leaves more of them to the others. */
function takeTurns(step: usize, scratch: usize, thread: i32, threads: i32): void {
  const own = load<usize>(step, OWN);
  const piece = word(step, 3);
  const first = own * <usize>threads;
  const units = word(step, 2);
  const pieces = (units - first + piece - 1) / piece;
  if (own > 0) {
    pieceComes(step, first + <usize>thread * piece, thread);
    runStep(step, scratch, own * <usize>thread, own * (<usize>thread + 1));
  }
  let taken: usize;
  while ((taken = atomic.add<usize>(step + TAKEN, 1)) < pieces) {
    const begin = first + taken * piece;
    // As long as no other is held up.
    pieceComes(step, begin + <usize>threads * piece, thread);
    runStep(step, scratch, begin, min(units, begin + piece));
  }
  // Every thread has come once in vain: the last of them leaves the step as the plan's next run wants it.
  if (taken == pieces + <usize>threads - 1) atomic.store<usize>(step + TAKEN, 0);
}

/** Says that a piece of the step comes next, or the next step where it has no more. */
function pieceComes(step: usize, begin: usize, thread: i32): void {
  const units = word(step, 2);
  if (begin < units) tilesCome(step, begin, min(word(step, 3), units - begin));
  else nextStepComes(step, thread);
}

function nextStepComes(step: usize, thread: i32): void {
  const skip = load<usize>(step, NEXT);
  if (skip == 0) return comesNext(0, 0, 0);
  const next = step + skip * 4;
  const units = word(next, 2);
  const own = load<i32>(next, OWN);
  const stretch: usize = own > 0 ? <usize>own : own < 0 ? units : word(next, 3);
  const begin: usize = own < 0 ? 0 : stretch * <usize>thread;
  if (begin + stretch > units) comesNext(0, 0, 0);
  else tilesCome(next, begin, stretch);
}

@inline
function tilesCome(step: usize, begin: usize, units: usize): void {
  const tileBytes = load<usize>(step, TILE_BYTES);
  comesNext(load<usize>(step, WEIGHTS) + begin * tileBytes, units, tileBytes);
}

@inline
function word(at: usize, index: usize): usize {
  return load<usize>(at + index * 4);
}

@inline
function float(at: usize, index: usize): f32 {
  return load<f32>(at + index * 4);
}

function runStep(step: usize, scratch: usize, begin: usize, end: usize): void {
  const a = step + <usize>code.STEP_HEADER * 4;
  switch (load<i32>(step)) {
    case code.GATHER_ROWS:
      return gatherRows(word(a, 0), word(a, 1), word(a, 2), word(a, 3), begin, end);
    case code.GATHER_F32:
      return gatherF32(word(a, 0), word(a, 1), word(a, 2), word(a, 3), begin, end);
    case code.GATHER_INT8:
      return gatherInt8(word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), begin, end);
    case code.GATHER_INT8_HALF:
      return gatherInt8Half(word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), begin, end);
    case code.GATHER_INT4:
      return gatherInt4(word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), begin, end);
    case code.QUANTIZE:
      return quantize(
        word(a, 0), word(a, 1), word(a, 2), word(a, 3), <i32>word(a, 4), word(a, 5), begin, end,
      );
    case code.MATMUL_INT8:
      return matmulInt8(
        word(a, 0), word(a, 1), <i32>word(a, 2), word(a, 3), word(a, 4), word(a, 5), word(a, 6), word(a, 7),
        word(a, 8), begin, end,
      );
    case code.MATMUL_INT8_HALF:
      return matmulInt8Half(
        word(a, 0), word(a, 1), <i32>word(a, 2), word(a, 3), word(a, 4), word(a, 5), word(a, 6), word(a, 7),
        word(a, 8), begin, end,
      );
    case code.MATMUL_INT4:
      return matmulInt4(
        word(a, 0), word(a, 1), <i32>word(a, 2), word(a, 3), word(a, 4), word(a, 5), word(a, 6), word(a, 7),
        word(a, 8), begin, end,
      );
    case code.MATMUL_F32:
      return matmulF32(
        word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), word(a, 5), word(a, 6), word(a, 7), begin, end,
      );
    case code.PACK_F32:
      return packF32(word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), word(a, 5), begin, end);
    case code.PACK_INT8:
      return packInt8(word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), word(a, 5), begin, end);
    case code.PACK_INT8_HALF:
      return packInt8Half(word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), word(a, 5), begin, end);
    case code.PACK_INT4:
      return packInt4(word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), word(a, 5), word(a, 6), begin, end);
    case code.NORM:
      return norm(
        word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), float(a, 5), word(a, 6), word(a, 7), begin, end,
      );
    case code.LAYER_NORM:
      return layerNorm(word(a, 0), word(a, 1), word(a, 2), word(a, 3), float(a, 4), word(a, 5), begin, end);
    case code.ROPE:
      return rope(
        word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), word(a, 5), word(a, 6), word(a, 7),
        word(a, 8) != 0, begin, end,
      );
    case code.ACTIVATE:
      return activate(
        <i32>word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), word(a, 5), begin, end,
      );
    case code.ADD:
      return add(word(a, 0), word(a, 1), float(a, 2), word(a, 3), begin, end);
    case code.ADD_BIAS:
      return addBias(word(a, 0), word(a, 1), word(a, 2), word(a, 3), begin, end);
    case code.SCALE:
      return scale(word(a, 0), float(a, 1), word(a, 2), begin, end);
    case code.ATTEND:
      return attend(changetype<AttendCall>(word(a, 0)), scratch, begin, end);
    case code.COPY_ROWS:
      return copyRows(word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), begin, end);
    case code.INSERT_STREAMS:
      return insertStreams(
        word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), word(a, 5) != 0, word(a, 6), begin, end,
      );
    case code.LOG_SUM_EXP:
      return logSumExp(word(a, 0), word(a, 1), word(a, 2), word(a, 3), scratch, begin, end);
    case code.LOG_PROB:
      return logProb(word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), begin, end);
    case code.TOP_K:
      return topK(
        word(a, 0), word(a, 1), word(a, 2), word(a, 3), word(a, 4), word(a, 5), word(a, 6), begin, end,
      );
    default:
      unreachable();
  }
}
