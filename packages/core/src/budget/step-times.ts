/** How much the latest plain step counts in what plain steps take, in the logarithm. */
const PACE = 1 / 16;
/** Of that, so much is forgotten with each step of another kind: a machine's pace changes while nobody looks. */
const STALE = 1 / 64;
/** What a drafted step still counts after another one. */
const FADING = 1 - 1 / 16;
/** Plain steps' time that stands for the cost model, until more is known. */
const PRIOR = 1;
/** No measured time counts for more than so many times the predicted one, nor for less than that part of it; nor does what is found. */
const MOST = 2.5;

/** What a step should take by a cost model. Milliseconds. */
export interface PredictedTime {
  /** A plain step there. */
  readonly plain: number;
  /** What the draft costs beyond it: further rows, and drafting. Negative nowhere, 0 for a plain step. */
  readonly beyond: number;
}

/**
 * How steps that were measured compare with a cost model, in two numbers: what plain steps take, and what everything beyond them does.
 * Where neighbours of a shared machine take its arithmetic, further rows become dearer than plain steps, which wait for memory:
 * by two fifths on one, within the same hour (budget.md).
 */
export class StepTimes {
  /** Logarithm of measured over predicted time of plain steps. */
  #pace = 0;
  /** Time beyond plain steps, counted in them: sums of what was predicted and of what was measured. */
  #predicted = 0;
  #measured = 0;

  learn({ plain, beyond }: PredictedTime, measured: number): void {
    const whole = plain + beyond;
    const time = Math.min(MOST * whole, Math.max(whole / MOST, measured));
    const off = Math.log(time / whole);
    if (beyond === 0) {
      this.#pace += PACE * (off - this.#pace);
      return;
    }
    this.#predicted = FADING * this.#predicted + beyond / plain;
    this.#measured = FADING * this.#measured + (time - this.pace * plain) / plain;
    this.#pace += STALE * (off - this.#pace);
  }

  /** By what a plain step's predicted time is to be multiplied. */
  get pace(): number {
    return Math.exp(this.#pace);
  }

  /** By what the predicted time of all that is beyond a plain step is to be multiplied. */
  get beyond(): number {
    const { pace } = this;
    const found = (this.#measured + PRIOR * pace) / (this.#predicted + PRIOR);
    return Math.min(MOST * pace, Math.max(pace / MOST, found));
  }
}
