/** What matches of so many tokens were worth on two sets of SmolLM2's answers: share of next tokens that were right. */
const USUAL = [0, 0.2, 0.5, 0.6, 0.7, 0.78, 0.85, 0.9];

/** Observations that stand for the usual shares, until there are more. */
const PRIOR = 12;

/** How often continuations came true, by how many tokens before them matched. */
export class MatchRecord {
  readonly #tried = new Float64Array(USUAL.length);
  readonly #right = new Float64Array(USUAL.length);

  /** Probability that the token after a match of `length` tokens is the right one. */
  probability(length: number): number {
    const at = Math.min(length, USUAL.length - 1);
    const usual = USUAL[at] as number;
    return ((this.#right[at] as number) + PRIOR * usual) / ((this.#tried[at] as number) + PRIOR);
  }

  learn(length: number, right: boolean): void {
    const at = Math.min(length, USUAL.length - 1);
    this.#tried[at] = (this.#tried[at] as number) + 1;
    if (right) this.#right[at] = (this.#right[at] as number) + 1;
  }
}
