import { type Access, type Step, unitsFrom } from "./step.js";

/** Bytes that one thread touches. */
interface Stretch {
  readonly thread: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Where threads must meet: before a step that touches what another thread has touched since they last met, unless both only
 * read. Exact where steps divide memory by their units, so that a norm and the quantization behind it, say, need none.
 */
export class Barriers {
  readonly #threads: number;
  #read: Stretch[] = [];
  #written: Stretch[] = [];

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** Takes the next step in, and says whether threads meet before it. */
  before(step: Step): boolean {
    if (this.#threads < 2) return false;
    // Thousands of times a plan, which a text waits for.
    const cuts: number[] = [];
    for (let thread = 0; thread <= this.#threads; thread++) cuts.push(unitsFrom(step, thread, this.#threads));
    const reads = stretchesOf(step, step.reads, cuts);
    const writes = stretchesOf(step, step.writes, cuts);
    const meets = collide(reads, this.#written) || collide(writes, this.#written) || collide(writes, this.#read);
    if (meets) {
      this.#read = [];
      this.#written = [];
    }
    this.#read.push(...reads);
    this.#written.push(...writes);
    return meets;
  }
}

/** @param cuts where each thread's units begin, and where those of the last end */
function stretchesOf({ inTurn }: Step, accesses: readonly Access[], cuts: readonly number[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { from, to, stride } of accesses) {
    for (let thread = 0; thread + 1 < cuts.length; thread++) {
      const [begin, end] = [cuts[thread] as number, cuts[thread + 1] as number];
      if (inTurn === true) stretches.push({ thread, from, to });
      else if (begin === end) continue;
      else if (stride === undefined) stretches.push({ thread, from, to });
      else stretches.push({ thread, from: from + begin * stride, to: Math.min(to, from + end * stride) });
    }
  }
  return stretches;
}

function collide(some: readonly Stretch[], others: readonly Stretch[]): boolean {
  for (const a of some) {
    for (const b of others) if (a.thread !== b.thread && a.from < b.to && b.from < a.to) return true;
  }
  return false;
}
