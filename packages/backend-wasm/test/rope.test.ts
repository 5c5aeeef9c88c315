import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { Arena } from "./arena.js";
import { cuts, inPieces } from "./pieces.js";
import { randomFloats, randomNumbers } from "./random-numbers.js";
import { distance, reference, tensor } from "./reference.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

const MAX_POSITIONS = 40;

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 6 }),
  heads: fc.integer({ min: 1, max: 3 }),
  half: fc.integer({ min: 1, max: 11 }),
  behind: fc.constantFrom(0, 2, 5),
  inverse: fc.boolean(),
  cutsAt: cuts,
  seed: fc.nat(),
});

it("turns as the reference does, and leaves the rest of heads and rows", () => {
  fc.assert(
    fc.property(shapes, ({ rows, heads, half, behind, inverse, cutsAt, seed }) => {
      arena.reset();
      const headSize = 2 * half + behind;
      const width = heads * headSize;
      const stride = width + 5;
      const x = randomFloats(seed, rows * stride);
      const next = randomNumbers(seed + 1);
      const positions = Int32Array.from({ length: rows }, () => Math.floor(next() * MAX_POSITIONS));
      const frequencies = Array.from({ length: half }, (_, index) => 100 ** (-index / half));
      const angles = Array.from({ length: MAX_POSITIONS }, (_, position) =>
        frequencies.map((f) => position * f),
      ).flat();
      const cosines = arena.put(Float32Array.from(angles, Math.cos));
      const sines = arena.put(Float32Array.from(angles, Math.sin));
      const [from, positionsAt] = [arena.put(x), arena.put(positions)];
      inPieces(rows, cutsAt, (...range) =>
        arena.kernels.rope(from, stride, heads, headSize, half, positionsAt, cosines, sines, inverse, ...range),
      );
      const out = arena.floats(from, x.length);
      const part = (numbers: Float32Array, rest: boolean): Float32Array =>
        numbers.filter((_, index) => index % stride >= width === rest);
      const [expected] = reference(
        "rope",
        [tensor([1, rows, width], part(x, false)), tensor([1, rows], positions, "i32")],
        { headSize, frequencies, maxPositions: MAX_POSITIONS, inverse },
      );
      expect(distance(part(out, false), expected!.data)).toBeLessThan(1e-6);
      expect(part(out, true)).toEqual(part(x, true));
    }),
  );
});
