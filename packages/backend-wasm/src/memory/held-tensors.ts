import { ContextOverflowError, type Tensor } from "@anabranch/core";
import type { TensorSource } from "@anabranch/graph-backend";
import type { Kernels } from "../kernels.js";
import { type Heap, OutOfMemory } from "./heap.js";

/** A float32 tensor in a heap: kernels read it where it is. */
export class HeldTensor implements Tensor, InHeap {
  readonly #length: number;
  #view: Float32Array | undefined;

  constructor(
    readonly heap: Heap,
    readonly address: number,
    readonly shape: readonly number[],
  ) {
    this.#length = shape.reduce((size, axis) => size * axis, 1);
  }

  /** The numbers as they are now. Memory that grew has new views. */
  get data(): Float32Array {
    if (this.#view?.buffer !== this.heap.buffer) this.#view = this.heap.floats(this.address, this.#length);
    return this.#view as Float32Array;
  }
}

/** What may lie in a heap. */
export interface InHeap {
  /** Where its numbers begin; undefined while they are elsewhere. */
  readonly address: number | undefined;
}

/** Tensors in a heap, those of one `allocate` in one block. */
export function heldTensors(heap: Heap, { copyRows }: Pick<Kernels, "copyRows">): TensorSource {
  return {
    allocate(shape, count) {
      const bytes = 4 * shape.reduce((size, axis) => size * axis, 1);
      const stride = Math.ceil(bytes / 64) * 64;
      const first = room(heap, stride * count);
      // Four bytes at a time: engines fill shared memory number by number.
      heap.floats(first, (stride * count) / 4).fill(0);
      return Array.from({ length: count }, (_, index) => new HeldTensor(heap, first + index * stride, shape));
    },
    free([first]) {
      if (first instanceof HeldTensor) heap.free(first.address);
    },
    copyHeads(from, row, to, slot) {
      const { address } = from as Partial<InHeap>;
      if (address === undefined || !(to instanceof HeldTensor)) return false;
      const [kvHeads, capacity, headSize] = to.shape as readonly [number, number, number];
      const at = address + 4 * row * kvHeads * headSize;
      copyRows(at, headSize, headSize, to.address + 4 * slot * headSize, capacity * headSize, 0, kvHeads);
      return true;
    },
  };
}

function room(heap: Heap, bytes: number): number {
  try {
    return heap.allocate(bytes);
  } catch (cause) {
    if (!(cause instanceof OutOfMemory)) throw cause;
    throw new ContextOverflowError(`${bytes} bytes of keys and values do not fit into WebAssembly's memory.`, {
      subject: "memory",
      cure: "Dispose sequences that are done, or shorten them; the ONNX backend has no such limit.",
      cause,
    });
  }
}
