import fc from "fast-check";
import { describe, test } from "vitest";
import { expectAsReference } from "./compare.js";
import { random, randomFloats, randomInts } from "./random.js";
import { singleOperation } from "./single-operation.js";

const size = fc.integer({ min: 1, max: 5 });
const seed = fc.nat();
const runs = { numRuns: 12 };

/** Random [batch, rows, features] with a seed for the numbers. */
const rows = fc.record({ batch: size, rows: size, features: fc.integer({ min: 1, max: 9 }), other: size, seed });

describe("each operation, held against the reference interpreter", () => {
  test("embed", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features, other, seed }) => {
        const next = random(seed);
        const tensors = [randomFloats(next, [other, features]), randomInts(next, [batch, rows], other)];
        const { graph, inputs } = singleOperation("embed", tensors, {});
        await expectAsReference(graph, inputs);
      }),
      runs,
    ));

  test("linear, both ways round", () =>
    fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async ({ batch, rows, features, other, seed }, transposed) => {
        const next = random(seed);
        const weight = randomFloats(next, transposed ? [features, other] : [other, features]);
        const tensors = [randomFloats(next, [batch, rows, features]), weight];
        const { graph, inputs } = singleOperation("linear", tensors, { transposed });
        await expectAsReference(graph, inputs);
      }),
      runs,
    ));

  test("norm and its gradient", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features: more, seed }) => {
        const next = random(seed);
        // With one feature the gradient is a difference of nearly equal numbers.
        const features = 4 + more;
        const [x, dy] = [randomFloats(next, [batch, rows, features]), randomFloats(next, [batch, rows, features])];
        const weight = randomFloats(next, [features]);
        const forward = singleOperation("norm", [x, weight], { epsilon: 1e-5 });
        await expectAsReference(forward.graph, forward.inputs);
        const gradient = singleOperation("normGrad", [x, weight, dy], { epsilon: 1e-5 }, 2);
        await expectAsReference(gradient.graph, gradient.inputs);
      }),
      runs,
    ));

  test("rope, there and back", () =>
    fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async ({ batch, rows, other, seed }, inverse) => {
        const next = random(seed);
        const half = 1 + (seed % 8);
        const x = randomFloats(next, [batch, rows, other * half * 2]);
        const frequencies = Array.from({ length: half }, (_, pair) => 10000 ** (-pair / half));
        const attributes = {
          headSize: 2 * half,
          frequencies,
          maxPositions: 512,
          inverse,
          ...(seed % 2 === 1 && { scale: 1.25 }),
        };
        const { graph, inputs } = singleOperation("rope", [x, randomInts(next, [batch, rows], 512)], attributes);
        await expectAsReference(graph, inputs);
      }),
      runs,
    ));

  test("gate and its gradient", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features, seed }) => {
        const next = random(seed);
        const tensors = [0, 1, 2].map(() => randomFloats(next, [batch, rows, features], 4));
        const forward = singleOperation("gate", tensors.slice(0, 2), {});
        await expectAsReference(forward.graph, forward.inputs);
        const gradient = singleOperation("gateGrad", tensors, {}, 2);
        await expectAsReference(gradient.graph, gradient.inputs);
      }),
      runs,
    ));

  test("add, with and without a factor; scale", () =>
    fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(1, 0.25, -3), async ({ batch, rows, features, seed }, scale) => {
        const next = random(seed);
        const tensors = [0, 1].map(() => randomFloats(next, [batch, rows, features]));
        const sum = singleOperation("add", tensors, { scale });
        await expectAsReference(sum.graph, sum.inputs);
        const scaled = singleOperation("scale", tensors.slice(0, 1), { factor: scale });
        await expectAsReference(scaled.graph, scaled.inputs);
      }),
      runs,
    ));

  test("select and its gradient, rows named twice adding up", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features, other, seed }) => {
        const next = random(seed);
        const x = randomFloats(next, [batch, rows, features]);
        const chosen = randomInts(next, [batch, other], rows);
        const forward = singleOperation("select", [x, chosen], {});
        await expectAsReference(forward.graph, forward.inputs);
        const dy = randomFloats(next, [batch, other, features]);
        const gradient = singleOperation("selectGrad", [x, chosen, dy], {});
        await expectAsReference(gradient.graph, gradient.inputs);
      }),
      runs,
    ));

  test("insertStreams and its gradient", () =>
    fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async ({ batch, rows, features, other, seed }, keepMain) => {
        const next = random(seed);
        const [x, start] = [0, 1].map(() => randomFloats(next, [batch, rows, features]));
        const embedding = randomFloats(next, [other, features]);
        const tensors = [x, start, embedding].flatMap((tensor) => (tensor === undefined ? [] : [tensor]));
        const forward = singleOperation("insertStreams", tensors, { keepMain });
        await expectAsReference(forward.graph, forward.inputs);
        const dy = randomFloats(next, [batch, rows * (other + (keepMain ? 1 : 0)), features]);
        const gradient = singleOperation("insertStreamsGrad", [...tensors, dy], { keepMain }, 3);
        await expectAsReference(gradient.graph, gradient.inputs);
      }),
      runs,
    ));

  test("pick and its gradient", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features, other: members, seed }) => {
        const next = random(seed);
        const from = seed % members;
        const to = from + 1 + (seed % (members - from));
        const attributes = { members, from, to };
        const forward = singleOperation("pick", [randomFloats(next, [batch, rows * members, features])], attributes);
        await expectAsReference(forward.graph, forward.inputs);
        const dy = randomFloats(next, [batch, rows * (to - from), features]);
        const gradient = singleOperation("pickGrad", [dy], attributes);
        await expectAsReference(gradient.graph, gradient.inputs);
      }),
      runs,
    ));

  test("argmax, the first of equals", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features, seed }) => {
        const whole = randomInts(random(seed), [batch, rows, features], 3);
        const logits = { shape: whole.shape, data: Float32Array.from(whole.data) };
        const { graph, inputs } = singleOperation("argmax", [logits], {});
        await expectAsReference(graph, inputs);
      }),
      runs,
    ));

  test("topLogProbs, best first", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features, seed }) => {
        const logits = randomFloats(random(seed), [batch, rows, features], 10);
        // Two at least: the best alone may have a log-probability of nearly 0, of which rounding is a large share.
        const k = Math.min(features, 2 + (seed % features));
        const { graph, inputs } = singleOperation("topLogProbs", [logits], { k }, 2);
        await expectAsReference(graph, inputs);
      }),
      runs,
    ));

  test("logProb and its gradient", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features, seed }) => {
        const next = random(seed);
        const logits = randomFloats(next, [batch, rows, features], 1);
        const targets = randomInts(next, [batch, rows], features);
        const forward = singleOperation("logProb", [logits, targets], {});
        await expectAsReference(forward.graph, forward.inputs);
        const gradient = singleOperation("logProbGrad", [logits, targets, randomFloats(next, [batch, rows])], {});
        await expectAsReference(gradient.graph, gradient.inputs);
      }),
      runs,
    ));

  test("outer", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features, other, seed }) => {
        const next = random(seed);
        const tensors = [randomFloats(next, [batch, rows, other]), randomFloats(next, [batch, rows, features])];
        const { graph, inputs } = singleOperation("outer", tensors, {});
        await expectAsReference(graph, inputs);
      }),
      runs,
    ));

  test("embedGrad, tokens named twice adding up", () =>
    fc.assert(
      fc.asyncProperty(rows, async ({ batch, rows, features, other, seed }) => {
        const next = random(seed);
        const tokens = randomInts(next, [batch, rows], other);
        const tensors = [randomFloats(next, [other, features]), tokens, randomFloats(next, [batch, rows, features])];
        const { graph, inputs } = singleOperation("embedGrad", tensors, {});
        await expectAsReference(graph, inputs);
      }),
      runs,
    ));
});
