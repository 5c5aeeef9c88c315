import type { Tensor } from "@anabranch/core";
import { addInto } from "../train/gradient-sum.js";

/**
 * Keys or values (or their gradients) of one layer for a whole batch, [batch, slots, width]: the prompts' rows, then all
 * branch rows. A segment's past is the slots before it.
 */
export class KeptKeys {
  readonly data: Float32Array;

  constructor(
    readonly batch: number,
    readonly slots: number,
    readonly width: number,
  ) {
    this.data = new Float32Array(batch * slots * width);
  }

  /** A copy of the slots from .. to-1 of every entry. */
  read(from: number, to: number): Tensor {
    const length = (to - from) * this.width;
    const data = new Float32Array(this.batch * length);
    for (let entry = 0; entry < this.batch; entry++) {
      const start = (entry * this.slots + from) * this.width;
      data.set(this.data.subarray(start, start + length), entry * length);
    }
    return { shape: [this.batch, to - from, this.width], data };
  }

  /** Puts rows [batch, n, width] into the slots from .. from+n-1. */
  write(from: number, { shape, data }: Tensor): void {
    this.#each(from, shape[1] as number, data, (slots, rows) => slots.set(rows));
  }

  /** Adds rows [batch, n, width] to the slots from .. from+n-1. */
  add(from: number, { shape, data }: Tensor): void {
    this.#each(from, shape[1] as number, data, addInto);
  }

  #each(
    from: number,
    rows: number,
    data: Tensor["data"],
    act: (slots: Float32Array, rows: Float32Array) => void,
  ): void {
    const length = rows * this.width;
    for (let entry = 0; entry < this.batch; entry++) {
      const start = (entry * this.slots + from) * this.width;
      act(
        this.data.subarray(start, start + length),
        data.subarray(entry * length, (entry + 1) * length) as Float32Array,
      );
    }
  }
}
