/** Numbers that look random and are the same on every machine (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** [length], each between -size and size */
export function randomFloats(seed: number, length: number, size = 1): Float32Array {
  const next = randomNumbers(seed);
  return Float32Array.from({ length }, () => (2 * next() - 1) * size);
}
