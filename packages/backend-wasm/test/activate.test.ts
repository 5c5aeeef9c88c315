import type { Activation } from "@anabranch/core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { ACTIVATION_CODES } from "../src/index.js";
import { Arena } from "./arena.js";
import { cuts, inPieces } from "./pieces.js";
import { randomFloats } from "./random-numbers.js";
import { distance, reference, tensor } from "./reference.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

const activations = Object.keys(ACTIVATION_CODES) as Activation[];

describe.each(activations)("%s", (activation) => {
  it("times up is the reference's, for two halves of one matrix and any division", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 41 }),
        cuts,
        fc.nat(),
        (rows, features, cutsAt, seed) => {
          arena.reset();
          const both = randomFloats(seed, rows * 2 * features, 6);
          const address = arena.put(both);
          const out = arena.room(4 * rows * features);
          inPieces(rows * features, cutsAt, (...range) => {
            const up = address + 4 * features;
            arena.kernels.activate(ACTIVATION_CODES[activation], address, up, 2 * features, features, out, ...range);
          });
          const half = (first: number): Float32Array =>
            both.filter((_, index) => Math.floor(index / features) % 2 === first);
          const inputs = [half(0), half(1)].map((data) => tensor([1, rows, features], data));
          const [expected] = reference("gate", inputs, { activation });
          expect(distance(arena.floats(out, rows * features), expected!.data)).toBeLessThan(2e-6);
        },
      ),
    );
  });

  it("alone is the reference's from one end of float32 to the other", () => {
    arena.reset();
    const exponents = Array.from({ length: 76 }, (_, index) => 10 ** (index - 38));
    const steps = Array.from({ length: 4001 }, (_, index) => (index - 2000) / 20);
    const x = Float32Array.from([...exponents, ...exponents.map((number) => -number), ...steps, 0, -0]);
    const out = arena.room(x.byteLength);
    arena.kernels.activate(ACTIVATION_CODES[activation], arena.put(x), 0, x.length, x.length, out, 0, x.length);
    const [expected] = reference("activate", [tensor([1, 1, x.length], x)], { activation });
    expect(distance(arena.floats(out, x.length), expected!.data)).toBeLessThan(2e-6);
  });
});
