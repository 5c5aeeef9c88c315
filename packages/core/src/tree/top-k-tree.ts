import { type DraftLimit, type DraftTree, ROOT } from "../contract/draft.js";
import type { TokenLogProbs } from "../contract/pass.js";

interface Candidate {
  readonly parent: number;
  readonly level: number;
  /** Place among the parent's children, best first. */
  readonly rank: number;
  readonly joint: number;
}

/**
 * The draft tree of streams whose levels do not know each other: level j holds the top-k tokens of stream j under EVERY
 * node of level j - 1 (3.1.2), of which the `limit.nodes` most probable by joint probability are kept.
 *
 * Nodes come best first, so a parent always precedes its children (a child is never more probable than its parent), and a
 * smaller limit gives a prefix of a larger limit's tree.
 *
 * @param levels for stream j = 1..γ the best tokens with log-probabilities, best first, at least `limit.topK` of them.
 */
export function topKTree(levels: readonly TokenLogProbs[], limit: DraftLimit): DraftTree {
  const depth = Math.min(levels.length, limit.depth ?? levels.length);
  const tokens: number[] = [];
  const parents: number[] = [];
  const logProbs: number[] = [];
  const frontier = new Frontier();
  const offer = (parent: number, level: number, rank: number, parentJoint: number): void => {
    const best = levels[level];
    if (best === undefined || level >= depth || rank >= Math.min(limit.topK, best.tokens.length)) return;
    frontier.push({ parent, level, rank, joint: parentJoint + (best.logProbs[rank] as number) });
  };
  offer(ROOT, 0, 0, 0);
  while (tokens.length < limit.nodes) {
    const next = frontier.pop();
    if (next === undefined) break;
    const { parent, level, rank, joint } = next;
    const own = (levels[level] as TokenLogProbs).logProbs[rank] as number;
    const index = tokens.push((levels[level] as TokenLogProbs).tokens[rank] as number) - 1;
    parents.push(parent);
    logProbs.push(own);
    offer(parent, level, rank + 1, joint - own);
    offer(index, level + 1, 0, joint);
  }
  return { tokens, parents, logProbs };
}

/** Candidates by descending joint probability; the first come first among equals. A binary heap. */
class Frontier {
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
