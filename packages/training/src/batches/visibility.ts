import { HIDDEN_BIAS, type Tensor } from "@anabranch/core";

/** A bias [batch, queries, keys] in which nothing is seen yet. */
export class Visibility {
  readonly #data: Float32Array;

  constructor(
    readonly batch: number,
    readonly queries: number,
    readonly keys: number,
  ) {
    this.#data = new Float32Array(batch * queries * keys).fill(HIDDEN_BIAS);
  }

  /** Lets a query of an entry see the keys from .. to-1. */
  show(entry: number, query: number, from: number, to: number): void {
    const row = (entry * this.queries + query) * this.keys;
    this.#data.fill(0, row + from, row + to);
  }

  tensor(): Tensor {
    return { shape: [this.batch, this.queries, this.keys], data: this.#data };
  }
}
