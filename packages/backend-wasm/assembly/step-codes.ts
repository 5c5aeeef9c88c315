/**
 * What a step of a plan does: the number that src/plan writes and `runPlan` reads. This file is compiled both as AssemblyScript
 * and as TypeScript, so that the two cannot disagree.
 */
export const END = 0;
export const GATHER_ROWS = 1;
export const GATHER_F32 = 2;
export const GATHER_INT8 = 3;
export const GATHER_INT4 = 4;
export const QUANTIZE = 5;
export const MATMUL_INT8 = 6;
export const MATMUL_INT4 = 7;
export const MATMUL_F32 = 8;
export const PACK_F32 = 9;
export const PACK_INT8 = 10;
export const PACK_INT4 = 11;
export const NORM = 12;
export const LAYER_NORM = 13;
export const ROPE = 14;
export const ACTIVATE = 15;
export const ADD = 16;
export const ADD_BIAS = 17;
export const SCALE = 18;
export const ATTEND = 19;
export const COPY_ROWS = 20;
export const INSERT_STREAMS = 21;
export const LOG_SUM_EXP = 22;
export const LOG_PROB = 23;
export const TOP_K = 24;
export const MATMUL_INT8_HALF = 25;
export const PACK_INT8_HALF = 26;
export const GATHER_INT8_HALF = 27;

/**
 * Words of a step before its arguments: code, words in all, units, units of the smallest piece, whether a barrier comes first; units
 * that each thread has to itself before the pieces that all take in turn, -1 where there are none; how many of those were taken; of
 * weights in tiles, a tile being a unit, where they begin and the bytes of one; words from here to the next step that has such, 0 behind
 * the last.
 */
export const STEP_HEADER = 10;

/** Words before the first step: address of the threads' scratch room, bytes of each thread's. */
export const PLAN_HEADER = 2;

/** Words of the block by which threads meet. */
export const SYNC_WORDS = 64;
/** Threads that have come to the barrier. */
export const ARRIVED = 0;
/** Barriers that were passed. Words that different threads write stand on different cache lines. */
export const GENERATION = 16;
/** Threads asleep at the barrier or waiting for a plan. */
export const SLEEPERS = 32;
/** Not 0 once a thread has failed. */
export const FAILED = 33;
/** Plans that were given out. */
export const JOBS = 48;
/** The latest of them, 0 for the end. */
export const PLAN = 49;
