/** A node that a tree may get. */
export interface Candidate {
  readonly parent: number;
  readonly level: number;
  /** Place among the parent's children, best first. */
  readonly rank: number;
  readonly joint: number;
}

/** Candidates by descending joint probability; the first come first among equals. A binary heap. */
export class Frontier {
  readonly #heap: { candidate: Candidate; order: number }[] = [];
  #count = 0;

  push(candidate: Candidate): void {
    const heap = this.#heap;
    let at = heap.push({ candidate, order: this.#count++ }) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!this.#before(at, up)) break;
      this.#swap(at, up);
      at = up;
    }
  }

  pop(): Candidate | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined) return undefined;
    if (heap.length > 0) {
      heap[0] = last;
      let at = 0;
      for (;;) {
        const left = 2 * at + 1;
        if (left >= heap.length) break;
        const down = left + 1 < heap.length && this.#before(left + 1, left) ? left + 1 : left;
        if (!this.#before(down, at)) break;
        this.#swap(at, down);
        at = down;
      }
    }
    return top.candidate;
  }

  #before(a: number, b: number): boolean {
    const x = this.#heap[a] as { candidate: Candidate; order: number };
    const y = this.#heap[b] as { candidate: Candidate; order: number };
    return x.candidate.joint > y.candidate.joint || (x.candidate.joint === y.candidate.joint && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    const held = this.#heap[a] as { candidate: Candidate; order: number };
    this.#heap[a] = this.#heap[b] as { candidate: Candidate; order: number };
    this.#heap[b] = held;
  }
}
