import type { FirstGuesses } from "@anabranch/core";

/** A token must have been there so often to have a share of its own. */
const MINIMUM = 8;
/** Guesses of the usual share that each token's own are mixed with. */
const PRIOR = 4;

/** A token of an answer, and whether what streams guessed first after it was right. */
export interface GuessedToken {
  readonly token: number;
  readonly right: boolean;
}

/** How often first guesses were right, by the token before them, over at least one. Shares are rounded to hundredths. */
export function countFirstGuesses(guesses: Iterable<GuessedToken>): FirstGuesses {
  const counts = new Map<number, { seen: number; right: number }>();
  const all = { seen: 0, right: 0 };
  for (const { token, right } of guesses) {
    const own = counts.get(token) ?? { seen: 0, right: 0 };
    counts.set(token, own);
    for (const count of [own, all]) {
      count.seen++;
      if (right) count.right++;
    }
  }
  const usual = all.right / Math.max(1, all.seen);
  const often = [...counts].filter(([, { seen }]) => seen >= MINIMUM).sort(([a], [b]) => a - b);
  return {
    usual: hundredths(usual),
    tokens: often.map(([token]) => token),
    right: often.map(([, { seen, right }]) => hundredths((right + PRIOR * usual) / (seen + PRIOR))),
  };
}

function hundredths(share: number): number {
  return Math.round(100 * share) / 100;
}
