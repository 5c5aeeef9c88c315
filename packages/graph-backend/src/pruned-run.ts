import type { TokenLogProbs } from "@anabranch/core";
import type { Floats } from "./floats.js";
import type { LowerRun } from "./lower-run.js";
import type { NewRows, PassRun, RowAt, RunResults } from "./pass-run.js";

/** What a pruned pass gave: of the lower layers by all rows, of the upper ones by those that went on. */
export class PrunedRun implements RunResults {
  constructor(
    readonly lower: LowerRun,
    readonly upper: PassRun,
    /** Place of each row among those that went on; -1 where it was dropped. */
    readonly places: Int32Array,
  ) {}

  get topWidth(): number {
    return this.upper.topWidth;
  }

  survived(row: number): boolean {
    return this.#place(row) >= 0;
  }

  newRows(layer: number): NewRows[] {
    if (layer < this.lower.insertion) return this.lower.newRows(layer);
    return this.upper.newRows(layer).map(({ rows, ...keysAndValues }) => ({
      ...keysAndValues,
      rows: { ...rows, indexOf: (row) => rows.indexOf(this.#place(row)) },
    }));
  }

  hidden(layer: number, row: number): Floats {
    return layer <= this.lower.insertion ? this.lower.hidden(layer, row) : this.upper.hidden(layer, this.#place(row));
  }

  top(row: number, k: number): TokenLogProbs {
    return this.upper.top(this.#place(row), k);
  }

  logits(row: number): RowAt {
    return this.upper.logits(this.#place(row));
  }

  streamStates(row: number): Floats | undefined {
    return this.upper.streamStates(this.#place(row));
  }

  release(): void {
    this.upper.release();
  }

  #place(row: number): number {
    return this.places[row] as number;
  }
}
