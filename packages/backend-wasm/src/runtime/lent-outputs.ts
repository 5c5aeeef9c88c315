import type { Tensor } from "@anabranch/core";
import type { Heap } from "../memory/heap.js";
import type { InHeap } from "../memory/held-tensors.js";
import type { PlannedOutput, PlannedOutputs } from "../plan/plan.js";

/**
 * Outputs of a run that are read in the heap, where the next run of whatever plan will write: what is still wanted then is copied
 * first. A step of decoding mostly has committed what it keeps by that time, and neither moves keys and values of all its rows nor
 * lets the garbage collector run for them.
 */
export class LentOutputs {
  readonly tensors: Readonly<Record<string, Tensor>>;
  #copy: Float32Array | undefined;
  #wanted = true;

  constructor(
    readonly heap: Heap,
    readonly planned: PlannedOutputs,
  ) {
    this.tensors = Object.fromEntries(planned.parts.map((part) => [part.name, new LentTensor(this, part)]));
  }

  /** Whether they can be another run's: nobody has what this one gave. */
  get free(): boolean {
    return !this.#wanted;
  }

  get buffer(): ArrayBufferLike {
    return this.#copy?.buffer ?? this.heap.buffer;
  }

  /** Where they begin in the heap; undefined once they were copied out of it. */
  get address(): number | undefined {
    return this.#copy === undefined ? this.planned.address : undefined;
  }

  lend(): Readonly<Record<string, Tensor>> {
    this.#wanted = true;
    return this.tensors;
  }

  release(): void {
    this.#wanted = false;
    this.#copy = undefined;
  }

  /** Copies them where they are wanted: their place is given to others. */
  keep(): void {
    const { address, length } = this.planned;
    if (this.#wanted) this.#copy = this.heap.floats(address, length).slice();
  }
}

class LentTensor implements Tensor, InHeap {
  readonly shape: readonly number[];
  #view: Float32Array | Int32Array | undefined;

  constructor(
    readonly outputs: LentOutputs,
    readonly part: PlannedOutput,
  ) {
    this.shape = part.shape;
  }

  get address(): number | undefined {
    const { address } = this.outputs;
    return address === undefined ? undefined : address + 4 * this.part.offset;
  }

  get data(): Float32Array | Int32Array {
    const { buffer } = this.outputs;
    if (this.#view?.buffer !== buffer) {
      const { offset, length, dtype } = this.part;
      const from = this.address ?? 4 * offset;
      this.#view = dtype === "i32" ? new Int32Array(buffer, from, length) : new Float32Array(buffer, from, length);
    }
    return this.#view as Float32Array | Int32Array;
  }
}
