import { beforeAll, describe, expect, it } from "vitest";
import { Arena } from "./arena.js";
import { randomFloats } from "./random-numbers.js";
import { distance } from "./reference.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

/** Sylvester's matrix: entry (i, j) is 1 or -1 as i and j have an even or odd number of bits in common. */
function transformed(x: Float32Array): Float64Array {
  const sign = (i: number, j: number): number => {
    let parity = 0;
    for (let common = i & j; common !== 0; common &= common - 1) parity ^= 1;
    return parity === 0 ? 1 : -1;
  };
  return Float64Array.from(
    x,
    (_, i) => x.reduce((sum, number, j) => sum + sign(i, j) * number, 0) / Math.sqrt(x.length),
  );
}

describe.each([4, 8, 16, 32, 64, 128, 256])("the Hadamard transform of %i points", (size) => {
  const x = randomFloats(size, 3 * size);

  it("is the product with the matrix, for the stretches that are asked for", () => {
    arena.reset();
    const address = arena.put(x);
    arena.kernels.hadamard(address, size, 1, 3);
    const out = arena.floats(address, x.length);
    expect(out.subarray(0, size)).toEqual(x.subarray(0, size));
    for (const stretch of [1, 2]) {
      const piece = (numbers: Float32Array) => numbers.subarray(stretch * size, (stretch + 1) * size);
      expect(distance(piece(out), transformed(piece(x)))).toBeLessThan(1e-6);
    }
  });

  it("is its own inverse", () => {
    arena.reset();
    const address = arena.put(x);
    arena.kernels.hadamard(address, size, 0, 3);
    arena.kernels.hadamard(address, size, 0, 3);
    expect(distance(arena.floats(address, x.length), x)).toBeLessThan(1e-6);
  });
});
