import { passNames, type RowSetName, type Tensor, type TokenLogProbs } from "@anabranch/core";
import type { Floats } from "./floats.js";
import type { PassProgram } from "./pass-program.js";
import type { RowPlan } from "./row-plan.js";
import type { RowSubset } from "./row-subset.js";
import { topOf, topTokensOf, topWidth } from "./top-tokens.js";
import { wholeLogits } from "./whole-logits.js";

/** Where one row's numbers stand in a tensor. */
export interface RowAt {
  readonly data: Floats;
  readonly offset: number;
  readonly size: number;
}

/** New keys and values of a row set in one layer. [1, n, kvHeads * headSize] each */
export interface NewRows {
  readonly rows: RowSubset;
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** What a run gave, by row: all that a pass's results, a commit and streams take from it. */
export interface RunResults {
  /** Whether pruning left the row: of the others nothing is there. */
  survived(row: number): boolean;
  /** New keys and values of a layer by row set: all that `commit` can keep. */
  newRows(layer: number): NewRows[];
  /** How many of a row's best tokens `top` can give. */
  readonly topWidth: number;
  /** The best tokens of a row that was to be read. */
  top(row: number, k: number): TokenLogProbs;
  /** The logits of a row that was to be read whole. [vocabulary] */
  logits(row: number): RowAt;
  /** States that enter a layer, or with `layer` = layers those after the final norm. [hidden] */
  hidden(layer: number, row: number): Floats;
  /** States of a row's streams after the final norm, [γ, hidden]; undefined when it carried none. */
  streamStates(row: number): Floats | undefined;
  /** Nobody will ask for anything any more. */
  release(): void;
}

/** What the new keys and values of a row set are called in one layer. */
export interface NewRowNames {
  readonly set: RowSetName;
  readonly keys: string;
  readonly values: string;
}

/** What a run of one graph gave. */
export class PassRun implements RunResults {
  readonly #program: PassProgram;
  readonly #sets: RowPlan["sets"];
  readonly #reads: RowPlan["reads"];
  readonly #outputs: Readonly<Record<string, Tensor>>;

  constructor(
    program: PassProgram,
    sets: RowPlan["sets"],
    reads: RowPlan["reads"],
    outputs: Readonly<Record<string, Tensor>>,
  ) {
    this.#program = program;
    this.#sets = sets;
    this.#reads = reads;
    this.#outputs = outputs;
  }

  survived(): boolean {
    return true;
  }

  newRows(layer: number): NewRows[] {
    const names = this.#program.newRows[layer] as readonly NewRowNames[];
    return names.map(({ set, keys, values }) => ({
      rows: this.#sets[set] as RowSubset,
      keys: this.#outputs[keys] as Tensor,
      values: this.#outputs[values] as Tensor,
    }));
  }

  get topWidth(): number {
    return topWidth(this.#program.options.spec);
  }

  top(row: number, k: number): TokenLogProbs {
    const { set, index } = this.#place(this.#program.options.spec.layers, row);
    const place = this.#reads[set]?.placeOf[index] as number;
    return topTokensOf(this.#outputs, place, k, topOf[set]);
  }

  logits(row: number): RowAt {
    const { layers, vocabularySize: size } = this.#program.options.spec;
    const { set, index } = this.#place(layers, row);
    const place = this.#reads[set]?.wholeOf[index] as number;
    return { data: this.#floats(wholeLogits.logits(set)), offset: place * size, size };
  }

  hidden(layer: number, row: number): Floats {
    const { spec, streams } = this.#program.options;
    const { set, index } = this.#place(layer, row);
    const final = layer === spec.layers;
    const data = this.#floats(final ? passNames.final(set) : passNames.hidden(layer, set));
    // A group's states hold its streams behind the main row, but for those after the final norm.
    const at = set === "group" && !final ? index * (1 + (streams?.gamma ?? 0)) : index;
    return data.slice(at * spec.hiddenSize, (at + 1) * spec.hiddenSize);
  }

  streamStates(row: number): Floats | undefined {
    const { spec, streams } = this.#program.options;
    const index = (this.#sets.streams ?? this.#sets.group)?.indexOf(row) ?? -1;
    if (streams === undefined || index < 0) return undefined;
    const size = streams.gamma * spec.hiddenSize;
    return this.#floats(passNames.final("streams")).slice(index * size, (index + 1) * size);
  }

  release(): void {
    this.#program.compiled.release?.(this.#outputs);
  }

  /** The set that a row is in when it enters a layer, and its place there. */
  #place(layer: number, row: number): { set: RowSetName; index: number } {
    const { insertion, upperSets } = this.#program;
    if (layer < insertion) return { set: "main", index: row };
    for (const set of upperSets) {
      const index = (this.#sets[set] as RowSubset).indexOf(row);
      if (index >= 0) return { set, index };
    }
    throw new RangeError(`Row ${row} is in no set.`);
  }

  #floats(name: string): Floats {
    return (this.#outputs[name] as Tensor).data as Floats;
  }
}
