import type { FirstGuesses } from "@anabranch/core";

/** A token must have been there so often to have a share of its own. */
const MINIMUM = 8;
/** Guesses of the usual share that each token's own are mixed with. */
const PRIOR = 4;

/** A token of an answer, and how far the streams' first guesses behind it went right. */
export interface GuessedToken {
  readonly token: number;
  /** Streams that were right, from the first on. */
  readonly right: number;
  /** Streams that had a token to be right about, at least one: behind the answer's end there is none. */
  readonly of: number;
}

/**
 * How often first guesses were right, by the token before them, and how often further streams' were where those before them had been;
 * over at least one. Shares are rounded to hundredths.
 */
export function countFirstGuesses(guesses: Iterable<GuessedToken>): FirstGuesses {
  const byToken = new Map<number, Share>();
  const byStream: Share[] = [];
  for (const { token, right, of } of guesses) {
    const own = byToken.get(token) ?? new Share();
    byToken.set(token, own);
    own.count(right > 0);
    for (let stream = 0; stream <= Math.min(right, of - 1); stream++) {
      byStream[stream] ??= new Share();
      byStream[stream]?.count(right > stream);
    }
  }
  const [usual = 0, ...further] = byStream.map((share) => share.value());
  const often = [...byToken].filter(([, { seen }]) => seen >= MINIMUM).sort(([a], [b]) => a - b);
  return {
    usual: hundredths(usual),
    tokens: often.map(([token]) => token),
    right: often.map(([, share]) => hundredths(share.value(usual, PRIOR))),
    further: further.map(hundredths),
  };
}

class Share {
  seen = 0;
  #right = 0;

  count(isRight: boolean): void {
    this.seen++;
    if (isRight) this.#right++;
  }

  /** @param prior times that a usual share is mixed in */
  value(usual = 0, prior = 0): number {
    return (this.#right + prior * usual) / (this.seen + prior);
  }
}

function hundredths(share: number): number {
  return Math.round(100 * share) / 100;
}
