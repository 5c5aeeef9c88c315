import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Arena } from "./arena.js";
import { multiply, pack } from "./pack.js";
import { cuts } from "./pieces.js";
import { randomFloats } from "./random-numbers.js";
import { distance, reference, tensor } from "./reference.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 11 }),
  features: fc.integer({ min: 1, max: 90 }),
  outputs: fc.integer({ min: 1, max: 37 }),
  cutsAt: cuts,
  seed: fc.nat(1e6),
});

describe("products with float32 weights", () => {
  it("are those of the reference, whatever the division of the outputs", () => {
    fc.assert(
      fc.property(shapes, ({ rows, features, outputs, cutsAt, seed }) => {
        arena.reset();
        const weights = {
          format: "f32",
          shape: [outputs, features],
          data: randomFloats(seed, outputs * features),
        } as const;
        const x = randomFloats(seed + 1, rows * features);
        const out = multiply(arena, x, pack(arena, weights, cutsAt), { cutsAt });
        const inputs = [tensor([1, rows, features], x), tensor([outputs, features], weights.data)];
        expect(distance(out, reference("linear", inputs, { transposed: false })[0]!.data)).toBeLessThan(1e-5);
      }),
      { numRuns: 150 },
    );
  });

  it("give a row the same bits alone and among others", () => {
    fc.assert(
      fc.property(shapes, ({ rows, features, outputs, cutsAt, seed }) => {
        arena.reset();
        const data = randomFloats(seed, outputs * features);
        const weights = pack(arena, { format: "f32", shape: [outputs, features], data });
        const x = randomFloats(seed + 1, rows * features);
        const together = multiply(arena, x, weights, { cutsAt });
        for (let row = 0; row < rows; row++) {
          const alone = multiply(arena, x.slice(row * features, (row + 1) * features), weights);
          expect(together.subarray(row * outputs, (row + 1) * outputs)).toEqual(alone);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("take weights that lie [in, out]", () => {
    arena.reset();
    const [features, outputs] = [19, 11];
    const data = randomFloats(1, features * outputs);
    const x = randomFloats(2, features);
    const tiles = arena.room(2 * arena.kernels.f32TileBytes(features));
    const out = arena.room(4 * outputs);
    arena.kernels.packF32(arena.put(data), 1, outputs, outputs, features, tiles, 0, 2);
    arena.kernels.matmulF32(arena.put(x), features, 1, tiles, features, out, outputs, outputs, 0, 2);
    const inputs = [tensor([1, 1, features], x), tensor([features, outputs], data)];
    const expected = reference("linear", inputs, { transposed: true })[0]!.data;
    expect(distance(arena.floats(out, outputs), expected)).toBeLessThan(1e-5);
  });
});
