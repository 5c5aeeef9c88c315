import TinyQueue from "tinyqueue";
import type { Word } from "./word.js";

export interface Pair {
  readonly left: number;
  readonly right: number;
}

interface Candidate extends Pair {
  readonly count: number;
}

// Symbol ids stay below 2^24 (see asId), so two of them fit a double's 53 bits.
const radix = 2 ** 24;

/** How often each pair of neighbouring symbols stands in the corpus, kept up to date as words change. */
export class PairCounts {
  readonly #counts = new Map<number, number>();
  readonly #words = new Map<number, Set<Word>>();
  // May hold outdated counts: a candidate is checked when it comes up, and a raised count is queued again.
  readonly #queue = new TinyQueue<Candidate>([], isBefore);

  /** Adds (or with a negative sign takes away) the pairs of a word. */
  count(word: Word, sign: 1 | -1 = 1): void {
    const changed = new Map<number, Pair>();
    for (let i = 0; i + 1 < word.symbols.length; i++) {
      const left = word.symbols[i] as number;
      const right = word.symbols[i + 1] as number;
      const key = left * radix + right;
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + sign * word.count);
      changed.set(key, { left, right });
    }
    for (const [key, pair] of changed) {
      const words = this.#words.get(key) ?? new Set();
      if (sign === 1) words.add(word);
      else words.delete(word);
      this.#words.set(key, words);
      if (sign === 1) this.#queue.push({ ...pair, count: this.#counts.get(key) as number });
    }
  }

  /** The words that hold a pair, as they are now. */
  wordsWith({ left, right }: Pair): readonly Word[] {
    return [...(this.#words.get(left * radix + right) ?? [])];
  }

  /** Takes the most frequent pair; of equals the one with the lowest left, then right symbol. */
  takeMostFrequent(): Candidate | undefined {
    for (let top = this.#queue.pop(); top !== undefined; top = this.#queue.pop()) {
      const count = this.#counts.get(top.left * radix + top.right) ?? 0;
      if (count === top.count) return top;
      // Counts that rose were queued when they did; this one fell.
      if (count > 0 && count < top.count) this.#queue.push({ ...top, count });
    }
    return undefined;
  }
}

function isBefore(a: Candidate, b: Candidate): number {
  return b.count - a.count || a.left - b.left || a.right - b.right;
}
