import type { Tensor } from "@anabranch/core";
import { type LossSet, lossNames } from "../graphs/index.js";

/** Targets and seeds of one row set, [batch, rows * perRow]; rows that are not set count for nothing. */
export class LossTargets {
  readonly targets: Int32Array;
  readonly seeds: Float32Array;
  /** 1 where a target stands. */
  readonly counted: Uint8Array;
  readonly #counts: number[];

  /** @param perRow targets a row: γ for streams, else 1. */
  constructor(
    readonly set: LossSet,
    readonly batch: number,
    readonly rows: number,
    readonly perRow: number,
  ) {
    const size = batch * rows * perRow;
    this.targets = new Int32Array(size);
    this.seeds = new Float32Array(size);
    this.counted = new Uint8Array(size);
    this.#counts = new Array(perRow).fill(0);
  }

  /** @param member which of the row's targets, from 0. */
  put(entry: number, row: number, member: number, target: number): void {
    const at = (entry * this.rows + row) * this.perRow + member;
    this.targets[at] = target;
    this.counted[at] = 1;
    this.#counts[member] = (this.#counts[member] as number) + 1;
  }

  /** Eq. 5: each member's loss is the mean over its own rows, times its weight α. The gradient by a log-probability is -α / n. */
  weigh(alphas: readonly number[]): void {
    const seeds = this.#counts.map((count, member) => (count === 0 ? 0 : -(alphas[member] as number) / count));
    for (let at = 0; at < this.seeds.length; at++) {
      if (this.counted[at] === 1) this.seeds[at] = seeds[at % this.perRow] as number;
    }
  }

  /** Rows from .. to-1 of every entry, with the weights that they have among all. */
  slice(from: number, to: number): LossTargets {
    const part = new LossTargets(this.set, this.batch, to - from, this.perRow);
    for (let entry = 0; entry < this.batch; entry++) {
      for (let row = from; row < to; row++) {
        for (let member = 0; member < this.perRow; member++) {
          const at = (entry * this.rows + row) * this.perRow + member;
          if (this.counted[at] === 0) continue;
          part.put(entry, row - from, member, this.targets[at] as number);
          part.seeds[(entry * part.rows + row - from) * part.perRow + member] = this.seeds[at] as number;
        }
      }
    }
    return part;
  }

  /** The mean loss of each member, -mean(log p); NaN where no row has a target. */
  losses(logProbs: ArrayLike<number>): number[] {
    return this.#means((at) => -(logProbs[at] as number));
  }

  /** The share of targets that were the first guess, by member. */
  accuracies(guesses: ArrayLike<number>): number[] {
    return this.#means((at) => (guesses[at] === this.targets[at] ? 1 : 0));
  }

  counts(): readonly number[] {
    return this.#counts;
  }

  inputs(): Record<string, Tensor> {
    const shape = [this.batch, this.rows * this.perRow];
    return {
      [lossNames.targets(this.set)]: { shape, data: this.targets },
      [lossNames.seed(this.set)]: { shape, data: this.seeds },
    };
  }

  #means(value: (at: number) => number): number[] {
    const sums = this.#counts.map(() => 0);
    for (let at = 0; at < this.counted.length; at++) {
      if (this.counted[at] === 1) sums[at % this.perRow] = (sums[at % this.perRow] as number) + value(at);
    }
    return sums.map((sum, member) => sum / (this.#counts[member] as number));
  }
}
