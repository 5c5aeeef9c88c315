import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Arena } from "./arena.js";
import { cuts, inPieces } from "./pieces.js";
import { randomFloats, randomNumbers } from "./random-numbers.js";
import { distance, reference, tensor } from "./reference.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 5 }),
  features: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1023, 1024, 2049, 5000)),
  /** Few different logits make many ties. */
  coarse: fc.boolean(),
  seed: fc.nat(),
  cutsAt: cuts,
});

function logitsOf(seed: number, count: number, coarse: boolean): Float32Array {
  return randomFloats(seed, count, 12).map((logit) => (coarse ? Math.round(logit / 4) : logit));
}

describe("reading logits", () => {
  it("gives the most probable, in order, with log-probabilities", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 12 }), ({ rows, features, coarse, seed, cutsAt }, most) => {
        arena.reset();
        const k = Math.min(most, features);
        const logits = logitsOf(seed, rows * features, coarse);
        const [address, sums] = [arena.put(logits), arena.room(4 * rows)];
        const scratch = arena.room(arena.kernels.logSumExpScratchBytes());
        const [logProbs, indices] = [arena.room(4 * rows * k), arena.room(4 * rows * k)];
        inPieces(rows, cutsAt, (...range) => {
          arena.kernels.logSumExp(address, features, features, sums, scratch, ...range);
          arena.kernels.topK(address, features, features, k, sums, logProbs, indices, ...range);
        });
        const expected = reference("topLogProbs", [tensor([1, rows, features], logits)], { k }, 2);
        expect(distance(arena.floats(logProbs, rows * k), expected[0]!.data)).toBeLessThan(1e-6);
        expect(arena.ints(indices, rows * k)).toEqual(expected[1]!.data);
      }),
    );
  });

  it("gives log-probabilities of given tokens", () => {
    fc.assert(
      fc.property(shapes, ({ rows, features, coarse, seed }) => {
        arena.reset();
        const logits = logitsOf(seed, rows * features, coarse);
        const next = randomNumbers(seed);
        const targets = Int32Array.from({ length: rows }, () => Math.floor(next() * features));
        const [address, sums, out] = [arena.put(logits), arena.room(4 * rows), arena.room(4 * rows)];
        const scratch = arena.room(arena.kernels.logSumExpScratchBytes());
        arena.kernels.logSumExp(address, features, features, sums, scratch, 0, rows);
        arena.kernels.logProb(address, features, sums, arena.put(targets), out, 0, rows);
        const inputs = [tensor([1, rows, features], logits), tensor([1, rows], targets, "i32")];
        expect(distance(arena.floats(out, rows), reference("logProb", inputs, {})[0]!.data)).toBeLessThan(1e-6);
      }),
    );
  });

  it("reads logits of which almost all are hidden", () => {
    arena.reset();
    const logits = new Float32Array(100).fill(Number.NEGATIVE_INFINITY);
    logits[70] = 3;
    logits[31] = 1;
    const [address, sums, logProbs] = [arena.put(logits), arena.room(4), arena.room(16)];
    const indices = arena.room(16);
    const scratch = arena.room(arena.kernels.logSumExpScratchBytes());
    arena.kernels.logSumExp(address, 100, 100, sums, scratch, 0, 1);
    arena.kernels.topK(address, 100, 100, 4, sums, logProbs, indices, 0, 1);
    expect([...arena.ints(indices, 4)]).toEqual([70, 31, 0, 1]);
    expect(arena.floats(logProbs, 4)[0]).toBeCloseTo(-Math.log(1 + Math.exp(-2)), 6);
  });
});
