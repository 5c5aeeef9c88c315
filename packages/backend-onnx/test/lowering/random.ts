import type { GraphValue, Tensor } from "@anabranch/core";

/** Deterministic numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomFloats(next: () => number, shape: readonly number[], scale = 1): Tensor & { data: Float32Array } {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, () => (next() * 2 - 1) * scale) };
}

/** Whole numbers below `limit`. */
export function randomInts(next: () => number, shape: readonly number[], limit: number): Tensor & { data: Int32Array } {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Int32Array.from({ length: size }, () => Math.floor(next() * limit)) };
}

export function shapeOf(value: GraphValue, symbols: Readonly<Record<string, number>>): number[] {
  return value.shape.map((dim) => {
    if (typeof dim === "number") return dim;
    const [symbol, factor = "1"] = dim.split("*") as [string, string?];
    const length = symbols[symbol];
    if (length === undefined) throw new Error(`No length for ${symbol}.`);
    return length * Number(factor);
  });
}
