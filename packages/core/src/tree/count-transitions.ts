import { NO_TOKEN, TRANSITION_WIDTH, type TransitionCounts } from "../model/transition-counts.js";

export interface CountTransitionsOptions {
  /** Transitions after one or two tokens that were seen fewer times are left out. */
  readonly minimumCount: number;
  /** Rows at most: the most frequent stay. Transitions after no token, one a token, come first and do not count. */
  readonly most: number;
}

/** Counts what followed what in texts; the same whatever the texts' order. @param texts token ids of each */
export function countTransitions(
  texts: readonly (readonly number[])[],
  { minimumCount, most }: CountTransitionsOptions,
): TransitionCounts {
  const single = new Map<string, number>();
  const longer = new Map<string, number>();
  const add = (counts: Map<string, number>, key: readonly number[]): void =>
    void counts.set(key.join(), (counts.get(key.join()) ?? 0) + 1);
  for (const text of texts) {
    text.forEach((token, place) => {
      add(single, [NO_TOKEN, NO_TOKEN, token]);
      if (place > 0) add(longer, [NO_TOKEN, text[place - 1] as number, token]);
      if (place > 1) add(longer, [text[place - 2] as number, text[place - 1] as number, token]);
    });
  }
  const kept = [...longer]
    .filter(([, count]) => count >= minimumCount)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most);
  const all = [...[...single].sort(([a], [b]) => (a < b ? -1 : 1)), ...kept];
  const rows = new Int32Array(TRANSITION_WIDTH * all.length);
  all.forEach(([key, count], row) => {
    rows.set([...key.split(",").map(Number), count], TRANSITION_WIDTH * row);
  });
  return { rows };
}
