/** All in steps of plain decoding. */
export interface FallbackOptions {
  /** What a text may lose before it has gained anything. */
  readonly credit?: number;
  /** Share of plain decoding's time that a text may lose besides. */
  readonly slack?: number;
}

const CREDIT = 0.75;
const SLACK = 0.01;
/** Gains of better times are forgotten: what a text may lose at most from where it stands. */
const MOST_CREDIT = 6;
/** How much the latest draft counts in the average. */
const WEIGHT = 1 / 6;
/** What a draft is taken to be worth before any was verified. */
const HOPE = 0.1;
const PAUSES = { first: 4, last: 64 } as const;

/**
 * Whether drafting pays on a text, by what it won and lost so far against plain decoding: time is counted in plain steps, so a
 * step of cost c that emits t tokens wins t - c.
 *
 * A text never loses more than `credit` and a share `slack` of its length, whatever is drafted: a draft that could lose more
 * is not made. Where drafts lose on average, plain steps are taken between them, 4, 8, ... 64, until one wins.
 */
export class PlainFallback {
  /** What may still be lost. */
  #credit: number;
  readonly #slack: number;
  #average = HOPE;
  #pause: number = PAUSES.first;
  /** Plain steps until the next try. */
  #resting = 0;

  constructor({ credit = CREDIT, slack = SLACK }: FallbackOptions = {}) {
    this.#credit = credit;
    this.#slack = slack;
  }

  /** What the next draft may cost beyond a plain step, if nothing of it is right; 0: none is to be made now. */
  get allowance(): number {
    return this.#resting > 0 ? 0 : Math.max(0, this.#credit);
  }

  /** A step without a draft, and without any cost of drafting. */
  plainStep(): void {
    this.otherStep(1, 1);
  }

  /** @param cost of the step, its drafting included */
  draftedStep(tokens: number, cost: number): void {
    const won = tokens - cost;
    this.#earn(won + this.#slack * tokens);
    this.#average += WEIGHT * (won - this.#average);
    if (won >= 0) this.#pause = PAUSES.first;
    else if (this.#average < 0) {
      this.#resting = this.#pause;
      this.#pause = Math.min(PAUSES.last, 2 * this.#pause);
    }
  }

  /** A step with someone else's draft: what it won or lost counts for the text, and says nothing about the drafts here. */
  otherStep(tokens: number, cost: number): void {
    if (this.#resting > 0) this.#resting--;
    this.#earn(tokens - cost + this.#slack * tokens);
  }

  #earn(amount: number): void {
    this.#credit = Math.min(MOST_CREDIT, this.#credit + amount);
  }
}
