import { type Access, type Step, unitsOf } from "./step.js";

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
    const reads = step.reads.flatMap((access) => this.#stretches(step, access));
    const writes = step.writes.flatMap((access) => this.#stretches(step, access));
    const meets = collide(reads, this.#written) || collide(writes, this.#written) || collide(writes, this.#read);
    if (meets) {
      this.#read = [];
      this.#written = [];
    }
    this.#read.push(...reads);
    this.#written.push(...writes);
    return meets;
  }

  #stretches(step: Step, { from, to, stride }: Access): Stretch[] {
    const stretches: Stretch[] = [];
    for (let thread = 0; thread < this.#threads; thread++) {
      const [begin, end] = unitsOf(step, thread, this.#threads);
      if (step.inTurn === true) stretches.push({ thread, from, to });
      else if (begin === end) continue;
      else if (stride === undefined) stretches.push({ thread, from, to });
      else stretches.push({ thread, from: from + begin * stride, to: Math.min(to, from + end * stride) });
    }
    return stretches;
  }
}

function collide(some: readonly Stretch[], others: readonly Stretch[]): boolean {
  return some.some((a) => others.some((b) => a.thread !== b.thread && a.from < b.to && b.from < a.to));
}
