import { STEP_HEADER } from "../../assembly/step-codes.js";

/**
 * A stretch of memory that a step reads or writes. Without `stride` each thread may touch all of it; with it, a step's unit u
 * touches [from + u * stride, from + (u + 1) * stride) and nothing else of it.
 */
export interface Access {
  readonly from: number;
  /** One past the last byte. */
  readonly to: number;
  /** Bytes. */
  readonly stride?: number;
}

/** One call of a kernel, whose units threads share. */
export interface Step {
  /** See assembly/step-codes.ts. */
  readonly code: number;
  /** All arguments of the kernel but its range; real numbers as `floatBits` has them. */
  readonly args: readonly number[];
  readonly units: number;
  /** Units that only one thread may take together; 1 when absent. */
  readonly piece?: number;
  readonly reads: readonly Access[];
  readonly writes: readonly Access[];
}

const converter = new Float32Array(1);
const bits = new Uint32Array(converter.buffer);

/** A float32 as the word that it is in memory. */
export function floatBits(value: number): number {
  converter[0] = value;
  return bits[0] as number;
}

/** The words of a step as `runPlan` reads them. @param barrier whether threads meet before it */
export function stepWords({ code, args, units, piece = 1 }: Step, barrier: boolean): number[] {
  return [code, STEP_HEADER + args.length, units, piece, barrier ? 1 : 0, ...args];
}

/** The units that a thread takes of a step, as `runPlan` divides them: [begin, end) */
export function unitsOf({ units, piece = 1 }: Step, thread: number, threads: number): [begin: number, end: number] {
  const pieces = Math.ceil(units / piece);
  const cut = (at: number): number => Math.min(units, Math.floor((pieces * at) / threads) * piece);
  return [cut(thread), cut(thread + 1)];
}
