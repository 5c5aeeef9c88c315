import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { Arena } from "./arena.js";
import { cuts, inPieces } from "./pieces.js";
import { randomFloats } from "./random-numbers.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

it("adds, scaled, in place", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), cuts, fc.nat(), (count, cutsAt, seed) => {
      arena.reset();
      const [a, b] = [randomFloats(seed, count), randomFloats(seed + 1, count)];
      const address = arena.put(a);
      const other = arena.put(b);
      inPieces(count, cutsAt, (...range) => arena.kernels.add(address, other, 0.5, address, ...range));
      expect(arena.floats(address, count)).toEqual(a.map((number, index) => number + 0.5 * b[index]!));
    }),
  );
});

it("adds a bias to every row", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 23 }),
      cuts,
      fc.nat(),
      (rows, features, cutsAt, seed) => {
        arena.reset();
        const [x, bias] = [randomFloats(seed, rows * features), randomFloats(seed + 1, features)];
        const out = arena.room(x.byteLength);
        const [from, biasAt] = [arena.put(x), arena.put(bias)];
        inPieces(rows, cutsAt, (...range) => arena.kernels.addBias(from, biasAt, features, out, ...range));
        expect(arena.floats(out, x.length)).toEqual(x.map((number, index) => number + bias[index % features]!));
      },
    ),
  );
});
