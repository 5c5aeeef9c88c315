import type { Activation } from "@anabranch/core";
import fc from "fast-check";
import { describe, test } from "vitest";
import { expectAsReference } from "./compare.js";
import { random, randomFloats, randomInts } from "./random.js";
import { singleOperation } from "./single-operation.js";

const size = fc.integer({ min: 1, max: 5 });
const runs = { numRuns: 8 };
const sizes = fc.record({ batch: size, rows: size, features: fc.integer({ min: 4, max: 9 }), seed: fc.nat() });
const activations = fc.constantFrom<Activation>("silu", "gelu", "gelu_tanh", "relu");

describe("operations of other families, held against the reference interpreter", () => {
  test("layerNorm and its gradient", () =>
    fc.assert(
      fc.asyncProperty(sizes, async ({ batch, rows, features, seed }) => {
        const next = random(seed);
        const [x, dy] = [randomFloats(next, [batch, rows, features]), randomFloats(next, [batch, rows, features])];
        const [weight, bias] = [randomFloats(next, [features]), randomFloats(next, [features])];
        const forward = singleOperation("layerNorm", [x, weight, bias], { epsilon: 1e-5 });
        await expectAsReference(forward.graph, forward.inputs);
        const gradient = singleOperation("layerNormGrad", [x, weight, dy], { epsilon: 1e-5 }, 3);
        await expectAsReference(gradient.graph, gradient.inputs);
      }),
      runs,
    ));

  test("norm of each head, and its gradient", () =>
    fc.assert(
      fc.asyncProperty(sizes, size, async ({ batch, rows, features: headSize, seed }, heads) => {
        const next = random(seed);
        const shape = [batch, rows, (1 + heads) * headSize];
        const [x, dy, weight] = [randomFloats(next, shape), randomFloats(next, shape), randomFloats(next, [headSize])];
        const forward = singleOperation("norm", [x, weight], { epsilon: 1e-5 });
        await expectAsReference(forward.graph, forward.inputs);
        const gradient = singleOperation("normGrad", [x, weight, dy], { epsilon: 1e-5 }, 2);
        await expectAsReference(gradient.graph, gradient.inputs);
      }),
      runs,
    ));

  test("bias and its gradient", () =>
    fc.assert(
      fc.asyncProperty(sizes, async ({ batch, rows, features, seed }) => {
        const next = random(seed);
        const [x, bias] = [randomFloats(next, [batch, rows, features]), randomFloats(next, [features])];
        const forward = singleOperation("bias", [x, bias], {});
        await expectAsReference(forward.graph, forward.inputs);
        const gradient = singleOperation("biasGrad", [bias, x], {});
        await expectAsReference(gradient.graph, gradient.inputs);
      }),
      runs,
    ));

  test("activations, alone and at a gate, and their gradients", () =>
    fc.assert(
      fc.asyncProperty(sizes, activations, async ({ batch, rows, features, seed }, activation) => {
        const next = random(seed);
        const tensors = [0, 1, 2].map(() => randomFloats(next, [batch, rows, features], 4));
        for (const { graph, inputs } of [
          singleOperation("activate", tensors.slice(0, 1), { activation }),
          singleOperation("activateGrad", tensors.slice(0, 2), { activation }),
          singleOperation("gate", tensors.slice(0, 2), { activation }),
          singleOperation("gateGrad", tensors, { activation }, 2),
        ]) {
          await expectAsReference(graph, inputs);
        }
      }),
      { numRuns: 16 },
    ));

  test("rope of a part of each head", () =>
    fc.assert(
      fc.asyncProperty(sizes, size, async ({ batch, rows, seed }, heads) => {
        const next = random(seed);
        const x = randomFloats(next, [batch, rows, heads * 16]);
        const attributes = { headSize: 16, frequencies: [1, 0.3, 0.1, 0.02, 0.01, 0.001], maxPositions: 64 };
        const tensors = [x, randomInts(next, [batch, rows], 64)];
        const { graph, inputs } = singleOperation("rope", tensors, { ...attributes, inverse: seed % 2 === 0 });
        await expectAsReference(graph, inputs);
      }),
      runs,
    ));
});
