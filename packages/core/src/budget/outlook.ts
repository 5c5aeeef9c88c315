import type { DraftBudget } from "../contract/draft.js";
import { bestPrefix } from "../tree/budgeted-prefix.js";
import type { FirstGuesses } from "./first-guesses.js";
import { usualGain } from "./usual-gain.js";

/** Shares of right first guesses where it is asked what a draft is worth there by the cost model alone. */
const ASKED = [0.2, 0.4, 0.6, 0.8];
/** Drafts that each of those answers counts for. */
const PRIOR = 6;
/** Steps for which no draft is made, at most, until one is all the same: what is believed may be wrong. */
const PATIENCE = 32;
/** Of an adapter that nobody counted for: drafts are hoped to be good, and what they win is learned over all tokens together. */
const UNCOUNTED: FirstGuesses = { usual: 0.8, tokens: [], right: [] };
/** Rates that lie so near to each other are one. */
const SAME = 0.02;
/** What a draft still counts after another one, and after a step for which none was made: those that were given up come back. */
const FADING = { drafted: 0.99, rested: 0.998 } as const;

/**
 * What a draft is worth after a token, before streams run for it: drafting itself takes a third of a small model's pass, and after
 * many tokens nothing follows that streams could foresee. A line through what drafts won, by how often the streams' first guess is
 * right after such a token; at first through what the cost model expects.
 */
export class Outlook {
  readonly #right: ReadonlyMap<number, number>;
  /** Steps since the latest draft. */
  #rested = 0;
  /** Drafts so far. */
  #seen: Sums = NOTHING;
  /** What the cost model expected of a budget. */
  #expected: { readonly of: DraftBudget & { readonly rate: number }; readonly sums: Sums } | undefined;

  constructor(readonly guesses: FirstGuesses = UNCOUNTED) {
    this.#right = new Map(guesses.tokens.map((token, index) => [token, guesses.right[index] as number]));
  }

  /** Whether streams should run where a draft is {@link worthAfter} so much. */
  mayRun(worth: number): boolean {
    return worth > 0 || this.#rested >= PATIENCE;
  }

  /** @param plain milliseconds of a step without a draft @returns tokens that a draft wins over the budget's rate */
  worthAfter(token: number, budget: DraftBudget, plain: number): number {
    const { weight, x, xx, y, xy } = together(this.#seen, this.#expectedOf(budget, plain));
    const slope = Math.max(0, (weight * xy - x * y) / (weight * xx - x * x));
    return y / weight + slope * (this.#rightAfter(token) - x / weight);
  }

  /** The same again while costs are those of a step before, and the rate hardly another. */
  #expectedOf(budget: DraftBudget, plain: number): Sums {
    const { rate = 1 / plain, steps, levels } = budget;
    const known = this.#expected?.of;
    const sameCosts = known?.steps === steps && known.drafting === budget.drafting && known.levels === levels;
    if (sameCosts && Math.abs(rate / known.rate - 1) < SAME) return (this.#expected as { readonly sums: Sums }).sums;
    let sums = NOTHING;
    for (const right of ASKED) {
      const gains = steps.slice(1).map((_, node) => usualGain(node, right, this.guesses.further));
      const { tokens, milliseconds } = bestPrefix(gains, { ...budget, rate }, levels?.[0]);
      sums = together(sums, pointsAt(right, tokens - 1 - rate * (milliseconds - plain), PRIOR));
    }
    this.#expected = { of: { ...budget, rate }, sums };
    return sums;
  }

  /** How sure it is that the first guess after a token is right: 0 where nobody has counted. */
  sureAfter(token: number): number {
    return this.guesses === UNCOUNTED ? 0 : this.#rightAfter(token);
  }

  /** @param won tokens over the rate, as {@link Outlook.worthAfter} counts them */
  learn(token: number, won: number): void {
    this.#rested = 0;
    this.#seen = together(faded(this.#seen, FADING.drafted), pointsAt(this.#rightAfter(token), won));
  }

  /** A step for which no draft was made. */
  rest(): void {
    this.#rested++;
    this.#seen = faded(this.#seen, FADING.rested);
  }

  #rightAfter(token: number): number {
    return this.#right.get(token) ?? this.guesses.usual;
  }
}

/** Sums of points on a line: x the share of right guesses, y what was won. */
interface Sums {
  readonly weight: number;
  readonly x: number;
  readonly xx: number;
  readonly y: number;
  readonly xy: number;
}

const NOTHING: Sums = { weight: 0, x: 0, xx: 0, y: 0, xy: 0 };

function pointsAt(x: number, y: number, weight = 1): Sums {
  return { weight, x: weight * x, xx: weight * x * x, y: weight * y, xy: weight * x * y };
}

function together(a: Sums, b: Sums): Sums {
  return { weight: a.weight + b.weight, x: a.x + b.x, xx: a.xx + b.xx, y: a.y + b.y, xy: a.xy + b.xy };
}

function faded({ weight, x, xx, y, xy }: Sums, kept: number): Sums {
  return { weight: kept * weight, x: kept * x, xx: kept * xx, y: kept * y, xy: kept * xy };
}
