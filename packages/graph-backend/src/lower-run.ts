import { passNames, type Tensor } from "@anabranch/core";
import type { Floats } from "./floats.js";
import type { NewRows } from "./pass-run.js";
import type { RowSubset } from "./row-subset.js";

/** What the layers below the streams gave, by row. */
export class LowerRun {
  constructor(
    readonly rows: RowSubset,
    /** The layer that the states enter next: N - N_s. */
    readonly insertion: number,
    readonly hiddenSize: number,
    readonly outputs: Readonly<Record<string, Tensor>>,
    /** Log-probabilities of rows after their parents, where they are known. */
    readonly transitions: ReadonlyMap<number, number>,
  ) {}

  newRows(layer: number): NewRows[] {
    const keys = this.outputs[passNames.newKeys(layer, "main")] as Tensor;
    return [{ rows: this.rows, keys, values: this.outputs[passNames.newValues(layer, "main")] as Tensor }];
  }

  /** States that enter a layer, N - N_s at most. [hidden] */
  hidden(layer: number, row: number): Floats {
    return this.#floats(passNames.hidden(layer)).slice(row * this.hiddenSize, (row + 1) * this.hiddenSize);
  }

  /** States that enter the MSA layers, of some rows: [1, rows, hidden] */
  entering(rows: readonly number[]): Tensor {
    const size = this.hiddenSize;
    const all = this.outputs[passNames.hidden(this.insertion)] as Tensor;
    if (rows.length === this.rows.count) return all;
    const data = new Float32Array(rows.length * size);
    rows.forEach((row, place) => {
      data.set(all.data.subarray(row * size, (row + 1) * size), place * size);
    });
    return { shape: [1, rows.length, size], data };
  }

  #floats(name: string): Floats {
    return (this.outputs[name] as Tensor).data as Floats;
  }
}
