/** What matches of so many tokens were worth on two sets of SmolLM2's answers: share of next tokens that were right. */
const USUAL = [0, 0.2, 0.5, 0.6, 0.7, 0.78, 0.85, 0.9];

/** The same where streams had their say and named other tokens; a guess to begin with. */
const UNHEARD = [0, 0.08, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];

/** Observations that stand for the usual shares, until there are more. */
const PRIOR = 12;

/** How often continuations came true, by how many tokens before them matched. */
export class MatchRecord {
  readonly #usual = new Shares(USUAL);
  readonly #unheard = new Shares(UNHEARD);

  /**
   * Probability that the token after a match of `length` tokens is the right one.
   *
   * @param unheard whether streams drafted for its place, and not it
   */
  probability(length: number, unheard = false): number {
    return (unheard ? this.#unheard : this.#usual).of(length);
  }

  learn(length: number, right: boolean, unheard = false): void {
    (unheard ? this.#unheard : this.#usual).add(length, right);
  }
}

class Shares {
  readonly #tried = new Float64Array(USUAL.length);
  readonly #right = new Float64Array(USUAL.length);

  constructor(private readonly before: readonly number[]) {}

  of(length: number): number {
    const at = Math.min(length, this.before.length - 1);
    return ((this.#right[at] as number) + PRIOR * (this.before[at] as number)) / ((this.#tried[at] as number) + PRIOR);
  }

  add(length: number, right: boolean): void {
    const at = Math.min(length, this.before.length - 1);
    this.#tried[at] = (this.#tried[at] as number) + 1;
    if (right) this.#right[at] = (this.#right[at] as number) + 1;
  }
}
