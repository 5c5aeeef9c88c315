import type { TokenLogProbs } from "@anabranch/core";
import type { Floats } from "./floats.js";

/** What a sequence keeps of its last committed row. */
export class LastRow {
  constructor(
    /** State that enters the MSA layers, for deferred streams; undefined when the row is not from the latest pass. [hidden] */
    public hidden: Floats | undefined,
    /** The streams' states after the final norm; undefined when none ran. [γ, hidden] */
    public states: Floats | undefined,
    /** The best tokens of each stream, where they were computed along with the states. */
    public levels: readonly TokenLogProbs[] | undefined,
  ) {}

  /** The same row once the pass it came from is gone. */
  apart(): LastRow {
    return new LastRow(undefined, this.states, this.levels);
  }
}
