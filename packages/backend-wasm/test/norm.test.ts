import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Arena } from "./arena.js";
import { cuts, inPieces } from "./pieces.js";
import { randomFloats } from "./random-numbers.js";
import { distance, reference, tensor } from "./reference.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 6 }),
  features: fc.integer({ min: 1, max: 70 }),
  stretches: fc.integer({ min: 1, max: 3 }),
  cutsAt: cuts,
  seed: fc.nat(),
});

describe("norm", () => {
  it("is the reference's for heads of wider rows, and leaves what lies behind them", () => {
    fc.assert(
      fc.property(shapes, ({ rows, features, stretches, cutsAt, seed }) => {
        arena.reset();
        const width = stretches * features;
        const stride = width + 3;
        const x = randomFloats(seed, rows * stride, 4);
        const weight = randomFloats(seed + 1, features);
        const [from, weightAt] = [arena.put(x), arena.put(weight)];
        inPieces(rows, cutsAt, (...range) =>
          arena.kernels.norm(from, stride, weightAt, features, stretches, 1e-5, from, stride, ...range),
        );
        const out = arena.floats(from, x.length);
        const part = (numbers: Float32Array, behind: boolean): Float32Array =>
          numbers.filter((_, index) => index % stride >= width === behind);
        const inputs = [tensor([1, rows, width], part(x, false)), tensor([features], weight)];
        const [expected] = reference("norm", inputs, { epsilon: 1e-5 });
        expect(distance(part(out, false), expected!.data)).toBeLessThan(3e-6);
        expect(part(out, true)).toEqual(part(x, true));
      }),
    );
  });
});

describe("layerNorm", () => {
  it("is the reference's", () => {
    fc.assert(
      fc.property(shapes, ({ rows, features, cutsAt, seed }) => {
        arena.reset();
        const x = randomFloats(seed, rows * features, 4);
        const [weight, bias] = [randomFloats(seed + 1, features), randomFloats(seed + 2, features)];
        const out = arena.room(x.byteLength);
        const [from, weightAt, biasAt] = [arena.put(x), arena.put(weight), arena.put(bias)];
        inPieces(rows, cutsAt, (...range) =>
          arena.kernels.layerNorm(from, weightAt, biasAt, features, 1e-3, out, ...range),
        );
        const inputs = [tensor([1, rows, features], x), tensor([features], weight), tensor([features], bias)];
        const [expected] = reference("layerNorm", inputs, { epsilon: 1e-3 });
        expect(distance(arena.floats(out, x.length), expected!.data)).toBeLessThan(2e-5);
      }),
    );
  });
});
