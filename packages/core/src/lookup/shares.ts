/** Observations that stand for what was expected, until there are more. */
const PRIOR = 12;

/** Shares of things that came true, of several kinds, each with one that was expected. */
export class Shares {
  readonly #tried: Float64Array;
  readonly #right: Float64Array;

  constructor(readonly expected: readonly number[]) {
    this.#tried = new Float64Array(expected.length);
    this.#right = new Float64Array(expected.length);
  }

  /** Kinds beyond the last are as the last. */
  of(kind: number): number {
    const at = Math.min(kind, this.expected.length - 1);
    const before = PRIOR * (this.expected[at] as number);
    return ((this.#right[at] as number) + before) / ((this.#tried[at] as number) + PRIOR);
  }

  add(kind: number, right: boolean): void {
    const at = Math.min(kind, this.expected.length - 1);
    this.#tried[at] = (this.#tried[at] as number) + 1;
    if (right) this.#right[at] = (this.#right[at] as number) + 1;
  }
}
