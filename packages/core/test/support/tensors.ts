import type { Tensor } from "../../src/index.js";

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/** A real tensor of the given numbers. */
export function real(shape: readonly number[], values: readonly number[]): Tensor {
  return { shape, data: Float64Array.from(values) };
}

/** A tensor of whole numbers. */
export function whole(shape: readonly number[], values: readonly number[]): Tensor {
  return { shape, data: Int32Array.from(values) };
}

/** Random tensors that one seed fixes: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 <= x < 1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Numbers between -1.5 and 1.5. */
  real(...shape: number[]): Tensor {
    return real(
      shape,
      Array.from({ length: sizeOf(shape) }, () => 3 * this.next() - 1.5),
    );
  }

  /** 0 <= x < end */
  whole(end: number, ...shape: number[]): Tensor {
    return whole(
      shape,
      Array.from({ length: sizeOf(shape) }, () => Math.floor(this.next() * end)),
    );
  }
}
