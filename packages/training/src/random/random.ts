/**
 * A small generator of pseudo-random numbers (sfc32) whose state can be kept: training that is resumed must draw what it
 * would have drawn. Not for secrets.
 */
export class Random {
  readonly #state: Uint32Array;

  /** The same seed and labels give the same numbers. */
  constructor(seed: number, ...labels: (number | string)[]) {
    this.#state = hash([seed, ...labels].join("/"));
    for (let i = 0; i < 15; i++) this.#next();
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.#next() / 2 ** 32;
  }

  /** Uniform in 0 .. bound - 1. */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Normal with mean 0 and standard deviation 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<Item>(items: Item[]): Item[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [items[last], items[other]] = [items[other] as Item, items[last] as Item];
    }
    return items;
  }

  #next(): number {
    const [a, b, c, counter] = this.#state as unknown as [number, number, number, number];
    const out = (a + b + counter) >>> 0;
    this.#state[3] = counter + 1;
    this.#state[0] = b ^ (b >>> 9);
    this.#state[1] = c + (c << 3);
    this.#state[2] = ((c << 21) | (c >>> 11)) + out;
    return out;
  }
}

/** Four words out of a text (FNV-1a with four offsets). */
function hash(text: string): Uint32Array {
  return Uint32Array.from([0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35], (offset) => {
    let word = offset;
    for (const character of text) word = Math.imul(word ^ (character.codePointAt(0) as number), 0x01000193);
    return word >>> 0;
  });
}
