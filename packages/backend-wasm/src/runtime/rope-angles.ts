/** Positions that are kept: a tree stands at those of the trees before it, a text mostly goes on. A power of two. */
const KEPT = 512;

/**
 * Cosines and sines of positions, in float64 and then rounded, so that far positions are as exact as near ones. Those that were
 * computed lately are kept: each position of a text comes with every draft that reaches it, and 512 cosines of 8 rows take as long
 * as all else that a pass is fed.
 */
export class RopeAngles {
  readonly #cosines: Float32Array;
  readonly #sines: Float32Array;
  /** What is kept at each place; -1: nothing. */
  readonly #positions = new Int32Array(KEPT).fill(-1);

  /** @param frequencies radians a position @param scale of cosines and sines */
  constructor(
    readonly frequencies: readonly number[],
    readonly scale: number,
  ) {
    this.#cosines = new Float32Array(KEPT * frequencies.length);
    this.#sines = new Float32Array(KEPT * frequencies.length);
  }

  /** Writes a position's [frequencies] cosines and sines from `at` on. */
  write(position: number, cosines: Float32Array, sines: Float32Array, at: number): void {
    const size = this.frequencies.length;
    const place = position & (KEPT - 1);
    const from = place * size;
    if (this.#positions[place] !== position) this.#compute(position, place);
    for (let pair = 0; pair < size; pair++) {
      cosines[at + pair] = this.#cosines[from + pair] as number;
      sines[at + pair] = this.#sines[from + pair] as number;
    }
  }

  #compute(position: number, place: number): void {
    const { frequencies, scale } = this;
    const from = place * frequencies.length;
    for (let pair = 0; pair < frequencies.length; pair++) {
      const angle = position * (frequencies[pair] as number);
      this.#cosines[from + pair] = scale * Math.cos(angle);
      this.#sines[from + pair] = scale * Math.sin(angle);
    }
    this.#positions[place] = position;
  }
}
