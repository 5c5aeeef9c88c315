import type { AttendAttributes, KeyLayout, Tensor } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectAsReference, onnx, relativeDifference, runOn } from "./compare.js";
import { random, randomFloats } from "./random.js";
import { singleOperation } from "./single-operation.js";

interface Case {
  readonly batch: number;
  readonly positions: number;
  readonly kvHeads: number;
  readonly grouped: number;
  readonly headSize: number;
  readonly gamma: number;
  readonly own: AttendAttributes["own"];
  readonly slots: readonly number[];
  readonly layouts: readonly KeyLayout[];
  readonly seed: number;
}

const small = fc.integer({ min: 1, max: 3 });

function cases(layout: fc.Arbitrary<KeyLayout>, batch: fc.Arbitrary<number>): fc.Arbitrary<Case> {
  return fc
    .record({
      batch,
      positions: small,
      kvHeads: small,
      grouped: small,
      headSize: fc.constantFrom(2, 4, 6),
      gamma: small,
      own: fc.constantFrom("none" as const, "streams" as const, "main-and-streams" as const),
      sources: fc.array(fc.record({ layout, slots: fc.integer({ min: 1, max: 6 }) }), { minLength: 0, maxLength: 2 }),
      seed: fc.nat(),
    })
    .filter(({ own, sources }) => own !== "none" || sources.length > 0)
    .map(({ sources, ...rest }) => ({
      ...rest,
      slots: sources.map(({ slots }) => slots),
      layouts: sources.map(({ layout: chosen }) => chosen),
    }));
}

function tensorsOf(at: Case): { tensors: Tensor[]; attributes: AttendAttributes; rows: number } {
  const next = random(at.seed);
  const { batch, positions, kvHeads, grouped, headSize, gamma, own } = at;
  const heads = kvHeads * grouped;
  const members = own === "none" ? 1 + (at.seed % 2) : own === "streams" ? gamma : gamma + 1;
  const ownLength = own === "none" ? 0 : gamma;
  const width = kvHeads * headSize;
  const rows = positions * members;
  const tensors: Tensor[] = [randomFloats(next, [batch, rows, heads * headSize], 2)];
  at.layouts.forEach((layout, source) => {
    const slots = at.slots[source] as number;
    const shape = layout === "heads" ? [kvHeads, slots, headSize] : [batch, slots, width];
    const bias = randomFloats(next, [batch, positions, slots]);
    // Some slots are hidden, but never all of them: the first of the first source is seen by every row.
    const seen = bias.data.map((value, index) => (index % slots > 0 && next() < 0.4 ? -1e30 : value));
    tensors.push(randomFloats(next, shape, 2), randomFloats(next, shape, 2), { shape: bias.shape, data: seen });
  });
  if (own !== "none") {
    const shape = [batch, positions * gamma, width];
    tensors.push(randomFloats(next, shape, 2), randomFloats(next, shape, 2));
  }
  const attributes = { heads, kvHeads, headSize, members, own, ownLength, sources: at.layouts };
  return { tensors, attributes, rows };
}

const anyLayout = fc.constantFrom<KeyLayout>("rows", "heads");

describe("attention, held against the reference interpreter", () => {
  test("any batch, keys as rows, with probabilities", () =>
    fc.assert(
      fc.asyncProperty(cases(fc.constant("rows"), small), async (at) => {
        const { tensors, attributes } = tensorsOf(at);
        const { graph, inputs } = singleOperation("attend", tensors, attributes, 2);
        await expectAsReference(graph, inputs);
      }),
      { numRuns: 40 },
    ));

  test("a batch of one, keys as rows or in a cache by head", () =>
    fc.assert(
      fc.asyncProperty(cases(anyLayout, fc.constant(1)), async (at) => {
        const { tensors, attributes } = tensorsOf(at);
        const { graph, inputs } = singleOperation("attend", tensors, attributes, 2);
        await expectAsReference(graph, inputs);
        await expectAsReference(graph, inputs, { outputs: ["o0"] });
      }),
      { numRuns: 40 },
    ));

  test("the gradient of everything that it reads", () =>
    fc.assert(
      fc.asyncProperty(cases(fc.constant("rows"), small), async (at) => {
        const { tensors, attributes, rows } = tensorsOf(at);
        const forward = singleOperation("attend", tensors, attributes, 2);
        const { o1: probabilities } = (await runOn(onnx, forward.graph, forward.inputs)) as { o1: Tensor };
        const dy = randomFloats(random(at.seed + 1), [at.batch, rows, attributes.heads * attributes.headSize]);
        const outputs = 1 + 2 * at.layouts.length + (at.own === "none" ? 0 : 2);
        const given = [...tensors, probabilities, dy];
        const { graph, inputs } = singleOperation("attendGrad", given, attributes, outputs);
        await expectAsReference(graph, inputs);
      }),
      { numRuns: 40 },
    ));

  test("an empty past changes nothing", async () => {
    const at: Case = {
      ...{ batch: 1, positions: 3, kvHeads: 2, grouped: 2, headSize: 4, gamma: 2, own: "main-and-streams", seed: 7 },
      ...{ slots: [0, 3], layouts: ["heads", "rows"] },
    };
    const { tensors, attributes } = tensorsOf(at);
    const withPast = singleOperation("attend", tensors, attributes, 2);
    const without = singleOperation(
      "attend",
      [tensors[0] as Tensor, ...tensors.slice(4)],
      { ...attributes, sources: ["rows"] },
      2,
    );
    const [a, b] = [
      await runOn(onnx, withPast.graph, withPast.inputs),
      await runOn(onnx, without.graph, without.inputs),
    ];
    expect(relativeDifference(a["o0"] as Tensor, b["o0"] as Tensor)).toBeLessThan(1e-6);
  });
});
