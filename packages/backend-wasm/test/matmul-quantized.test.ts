import { toFloat32 } from "@anabranch/core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { ActivationBits } from "../src/index.js";
import { Arena } from "./arena.js";
import { multiply, pack } from "./pack.js";
import { cuts } from "./pieces.js";
import { constantInt8, dotRow, quantizeRow, randomHalfInt8, randomInt4, randomInt8 } from "./quantized.js";
import { randomFloats } from "./random-numbers.js";
import { distance, reference, tensor } from "./reference.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

const LONGEST_BLOCK = 2048;

const shapes = {
  rows: fc.integer({ min: 1, max: 11 }),
  features: fc.integer({ min: 1, max: 150 }),
  // Four tiles of 8 are multiplied together, and while they are, four more are loaded.
  outputs: fc.integer({ min: 1, max: 110 }),
  blockSize: fc.constantFrom(2, 16, 30, 32, 64, 1024),
  bits: fc.constantFrom<ActivationBits>(8, 14),
  cutsAt: cuts,
  seed: fc.nat(1e6),
};

const formats = [
  ["8-bit", randomInt8],
  ["8-bit, in blocks with scales of 16 bits,", randomHalfInt8],
  ["4-bit", randomInt4],
] as const;

/** Rows of very different sizes, some of them zero. */
function rowsOf(seed: number, rows: number, features: number): Float32Array {
  const x = randomFloats(seed, rows * features);
  return x.map((number, index) => number * [1, 1e-3, 100, 0, 1e-33][(Math.floor(index / features) + seed) % 5]!);
}

describe.each(formats)("products with %s weights", (_name, randomWeights) => {
  it("are those of plain JavaScript, to the last bit", () => {
    fc.assert(
      fc.property(fc.record(shapes), ({ rows, features, outputs, blockSize, seed, ...options }) => {
        arena.reset();
        const weights = randomWeights(seed, outputs, features, Math.min(blockSize, features + (features % 2)));
        const x = rowsOf(seed + 9, rows, features);
        const out = multiply(arena, x, pack(arena, weights, options.cutsAt), options);
        for (let row = 0; row < rows; row++) {
          const one = x.subarray(row * features, (row + 1) * features);
          const quantized = quantizeRow(one, weights.blockSize, options.bits);
          for (let output = 0; output < outputs; output++) {
            expect(out[row * outputs + output]).toBe(dotRow(quantized, weights, output));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("give a row the same bits alone, among others, and for any division of the outputs", () => {
    fc.assert(
      fc.property(fc.record(shapes), ({ rows, features, outputs, seed, ...options }) => {
        arena.reset();
        const weights = pack(arena, randomWeights(seed, outputs, features, 32));
        const x = rowsOf(seed + 9, rows, features);
        const together = multiply(arena, x, weights, options);
        for (let row = 0; row < rows; row++) {
          const alone = multiply(arena, x.slice(row * features, (row + 1) * features), weights, {
            ...options,
            cutsAt: [],
          });
          expect(together.subarray(row * outputs, (row + 1) * outputs)).toEqual(alone);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are near the product of the weights with the activations as they were", () => {
    const [rows, features, outputs] = [5, 576, 64];
    arena.reset();
    const weights = randomWeights(4, outputs, features, 32);
    const x = randomFloats(5, rows * features);
    const out = multiply(arena, x, pack(arena, weights), { bits: 14 });
    const exact = tensor([outputs, features], toFloat32(weights));
    const [expected] = reference("linear", [tensor([1, rows, features], x), exact], { transposed: false });
    // Rounding to 14 bits errs by at most scale / 2, so by far less than this for 576 errors of both signs.
    expect(distance(out, expected!.data)).toBeLessThan(1e-3);
  });

  it("carry what is not a number to the outputs of its row alone", () => {
    arena.reset();
    const [rows, features, outputs] = [4, 64, 9];
    const x = randomFloats(1, rows * features);
    x[features + 3] = Number.NaN;
    x[3 * features + 40] = Number.POSITIVE_INFINITY;
    const out = multiply(arena, x, pack(arena, randomWeights(2, outputs, features, 32)));
    const finite = Array.from({ length: rows }, (_, row) => out.subarray(row * outputs, (row + 1) * outputs)).map((o) =>
      o.every(Number.isFinite),
    );
    expect(finite).toEqual([true, false, true, false]);
  });
});

it("products of 14 bits do not overflow in the longest block, with all numbers at their ends", () => {
  arena.reset();
  const weights = constantInt8(-128, 8, LONGEST_BLOCK);
  for (const sign of [1, -1]) {
    const x = new Float32Array(LONGEST_BLOCK).fill(sign * 8191);
    const out = multiply(arena, x, pack(arena, weights), { bits: 14 });
    expect([...out]).toEqual(new Array(8).fill(Math.fround(sign * -128 * 8191 * LONGEST_BLOCK)));
  }
});
