/** What held-out examples say, the tokens before each row being the true ones. */
export interface HeldOutMeasure {
  /** Mean loss, -log p: of the main stream (where it is computed), then of each stream. */
  readonly losses: readonly number[];
  /** Share of targets that were the first guess: main stream, then each stream. */
  readonly accuracies: readonly number[];
  /**
   * Tokens a step that chains of first guesses would give: 1 + the mean number of streams, from the first on, that guess
   * what the main stream itself guesses later (or, where only streams are computed, what the text has).
   */
  readonly acceptance: number;
}

/** After each optimiser step. */
export interface TrainProgress {
  /** Steps taken, 1 .. steps. */
  readonly step: number;
  readonly steps: number;
  /** Of Eq. 5 on this step's batch. */
  readonly loss: number;
  /** Mean -log p on this step's batch: of the main stream (where it learns), then of each stream. */
  readonly losses: readonly number[];
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Main rows a second, padding not counted, over the last steps. */
  readonly rowsPerSecond: number;
  readonly secondsLeft: number;
  /** On steps that measured. */
  readonly heldOut?: HeldOutMeasure;
}

/** Rate of work over the last steps. */
export class Pace {
  readonly #recent: { readonly rows: number; readonly seconds: number }[] = [];

  constructor(readonly window = 20) {}

  add(rows: number, seconds: number): void {
    this.#recent.push({ rows, seconds });
    if (this.#recent.length > this.window) this.#recent.shift();
  }

  rowsPerSecond(): number {
    const rows = this.#recent.reduce((sum, step) => sum + step.rows, 0);
    return rows / this.#seconds();
  }

  secondsLeft(stepsLeft: number): number {
    return (stepsLeft * this.#seconds()) / Math.max(1, this.#recent.length);
  }

  #seconds(): number {
    return Math.max(
      1e-9,
      this.#recent.reduce((sum, step) => sum + step.seconds, 0),
    );
  }
}
