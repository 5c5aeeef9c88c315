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
  /** Whether threads take the last pieces in turn, whoever is done the next; absent: each thread takes one stretch of its own. */
  readonly inTurn?: boolean;
  /** Constants of which a unit reads what stands by its stride: they are read ahead. */
  readonly weights?: Required<Access>;
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

/** Of a step whose threads take turns, the part that each has to itself: what is read in one go is read ahead. */
const OWN_SHARE = 0.9;
/** Pieces of the rest that there are for each thread, or fewer: enough that none waits long for another at the end. */
const TURNS = 8;

/**
 * The words of a step as `runPlan` reads them.
 *
 * @param barrier whether threads meet before it
 * @param toNext words from here to the next step that has weights, 0 where none has
 */
export function stepWords(step: Step, barrier: boolean, threads: number, toNext: number): number[] {
  const { code, args, units, piece = 1, weights } = step;
  const [together, own] = step.inTurn === true && threads > 1 ? turns(units, piece, threads) : [piece, -1];
  const read = [weights?.from ?? 0, weights?.stride ?? 0, toNext];
  return [code, STEP_HEADER + args.length, units, together, barrier ? 1 : 0, own, 0, ...read, ...args];
}

function turns(units: number, piece: number, threads: number): [together: number, own: number] {
  const own = Math.floor((OWN_SHARE * units) / (threads * piece)) * piece;
  const rest = units - threads * own;
  return [piece * Math.max(1, Math.ceil(rest / (piece * threads * TURNS))), own];
}

/** Where the units that a thread takes of a step begin, as `runPlan` divides them; of the thread behind the last, where they end. */
export function unitsFrom({ units, piece = 1 }: Step, thread: number, threads: number): number {
  return Math.min(units, Math.floor((Math.ceil(units / piece) * thread) / threads) * piece);
}
