import fc from "fast-check";
import { describe, it } from "vitest";
import type { OperationName, Operations, Tensor } from "../../src/index.js";
import { apply } from "../support/apply.js";
import { attendProblems } from "../support/attend-problem.js";
import { expectClose } from "../support/close.js";
import { finiteDifferences } from "../support/finite-differences.js";
import { Random } from "../support/tensors.js";

const tolerance = 1e-6;

/** Where a gradient vanishes (a softmax over one slot), the differences leave rounding of some 1e-11. */
const floor = 1e-3;

const size = fc.integer({ min: 1, max: 3 });
const sizes = fc.record({ seed: fc.integer(), batch: size, rows: size, width: size });

/** Random inputs of a size, 10 times. */
function forAll(check: (random: Random, batch: number, rows: number, width: number) => Promise<void>): Promise<void> {
  const property = fc.asyncProperty(sizes, ({ seed, batch, rows, width }) =>
    check(new Random(seed), batch, rows, width),
  );
  return fc.assert(property, { numRuns: 10 });
}

/** Holds gradients, one for each input in `of`, against finite differences of the operation. */
async function expectGradients<Name extends OperationName>(
  op: Name,
  inputs: readonly Tensor[],
  attributes: Operations[Name]["attributes"],
  dy: Tensor,
  of: ReadonlyMap<number, Tensor | undefined>,
): Promise<void> {
  for (const [input, gradient] of of) {
    const expected = await finiteDifferences(op, inputs, attributes, dy, input);
    expectClose((gradient as Tensor).data, expected, tolerance, floor);
  }
}

const numbered = (...gradients: (Tensor | undefined)[]): Map<number, Tensor | undefined> =>
  new Map(gradients.map((gradient, index) => [index, gradient]));

describe("the gradient of", () => {
  it.each([false, true])("linear (transposed: %s) is linear the other way, and outer", async (transposed) => {
    await forAll(async (random, batch, rows, width) => {
      const [weight, wide, narrow] = [
        random.real(4, width),
        random.real(batch, rows, 4),
        random.real(batch, rows, width),
      ];
      const [x, dy] = transposed ? [wide, narrow] : [narrow, wide];
      const [dx] = await apply("linear", [dy, weight], { transposed: !transposed });
      const [dWeight] = await apply("outer", [wide, narrow], {});
      await expectGradients("linear", [x, weight], { transposed }, dy, numbered(dx, dWeight));
    });
  });

  it("embed is embedGrad", async () => {
    await forAll(async (random, batch, rows, width) => {
      const [table, tokens, dy] = [
        random.real(3, width),
        random.whole(3, batch, rows),
        random.real(batch, rows, width),
      ];
      const [dTable] = await apply("embedGrad", [table, tokens, dy], {});
      await expectGradients("embed", [table, tokens], {}, dy, numbered(dTable));
    });
  });

  it("norm is normGrad", async () => {
    await forAll(async (random, batch, rows, width) => {
      const [x, weight, dy] = [
        random.real(batch, rows, width + 1),
        random.real(width + 1),
        random.real(batch, rows, width + 1),
      ];
      const [dx, dWeight] = await apply("normGrad", [x, weight, dy], { epsilon: 0.1 });
      await expectGradients("norm", [x, weight], { epsilon: 0.1 }, dy, numbered(dx, dWeight));
    });
  });

  it("rope is rope turned back", async () => {
    await forAll(async (random, batch, rows, width) => {
      const attributes = { headSize: 4, frequencies: [1, 0.1], maxPositions: 16, scale: 1.5 };
      const [x, dy] = [random.real(batch, rows, 4 * width), random.real(batch, rows, 4 * width)];
      const positions = random.whole(16, batch, rows);
      const [dx] = await apply("rope", [dy, positions], { ...attributes, inverse: true });
      await expectGradients("rope", [x, positions], { ...attributes, inverse: false }, dy, numbered(dx));
    });
  });

  it("gate is gateGrad", async () => {
    await forAll(async (random, batch, rows, width) => {
      const [gate, up, dy] = [0, 1, 2].map(() => random.real(batch, rows, width)) as [Tensor, Tensor, Tensor];
      const [dGate, dUp] = await apply("gateGrad", [gate, up, dy], {});
      await expectGradients("gate", [gate, up], {}, dy, numbered(dGate, dUp));
    });
  });

  it("add is the gradient itself, and its multiple", async () => {
    await forAll(async (random, batch, rows, width) => {
      const [a, b, dy] = [0, 1, 2].map(() => random.real(batch, rows, width)) as [Tensor, Tensor, Tensor];
      const [db] = await apply("scale", [dy], { factor: -0.7 });
      await expectGradients("add", [a, b], { scale: -0.7 }, dy, numbered(dy, db));
    });
  });

  it("select is selectGrad, where rows may be named twice or never", async () => {
    await forAll(async (random, batch, rows, width) => {
      const [x, chosen, dy] = [
        random.real(batch, rows, width),
        random.whole(rows, batch, 4),
        random.real(batch, 4, width),
      ];
      const [dx] = await apply("selectGrad", [x, chosen, dy], {});
      await expectGradients("select", [x, chosen], {}, dy, numbered(dx));
    });
  });

  it.each([false, true])("insertStreams (keepMain: %s) is insertStreamsGrad", async (keepMain) => {
    await forAll(async (random, batch, positions, width) => {
      const [x, start] = [random.real(batch, positions, width), random.real(batch, positions, width)];
      const embedding = random.real(2, width);
      const dy = random.real(batch, positions * (keepMain ? 3 : 2), width);
      const gradients = await apply("insertStreamsGrad", [x, start, embedding, dy], { keepMain });
      if (keepMain)
        await expectGradients("insertStreams", [x, start, embedding], { keepMain }, dy, numbered(...gradients));
      else {
        expectClose((gradients[0] as Tensor).data, new Float64Array(x.data.length));
        const ofOthers = new Map([...numbered(...gradients)].slice(1));
        await expectGradients("insertStreams", [x, start, embedding], { keepMain }, dy, ofOthers);
      }
    });
  });

  it("pick is pickGrad", async () => {
    await forAll(async (random, batch, positions, width) => {
      const attributes = { members: 4, from: 1, to: 3 };
      const [x, dy] = [random.real(batch, positions * 4, width), random.real(batch, positions * 2, width)];
      const [dx] = await apply("pickGrad", [dy], attributes);
      await expectGradients("pick", [x], attributes, dy, numbered(dx));
    });
  });

  it("logProb is logProbGrad", async () => {
    await forAll(async (random, batch, rows, width) => {
      const [logits, dy] = [random.real(batch, rows, width + 1), random.real(batch, rows)];
      const targets = random.whole(width + 1, batch, rows);
      const [dLogits] = await apply("logProbGrad", [logits, targets, dy], {});
      await expectGradients("logProb", [logits, targets], {}, dy, numbered(dLogits));
    });
  });

  it.each(["rows", "heads"] as const)("attend, over keys that lie as %s, is attendGrad", async (layout) => {
    const problems = attendProblems(layout, ["none", "streams", "main-and-streams"]);
    const property = fc.asyncProperty(problems, fc.integer(), async ({ inputs, attributes }, seed) => {
      const [, probabilities] = (await apply("attend", inputs, attributes)) as [Tensor, Tensor];
      const dy = new Random(seed).real(...(inputs[0] as Tensor).shape);
      const biases = attributes.sources.map((_, source) => 3 + 3 * source);
      const places = [...inputs.keys()].filter((index) => !biases.includes(index));
      const gradients = await apply("attendGrad", [...inputs, probabilities, dy], attributes, places.length);
      const byInput = new Map(places.map((input, index) => [input, gradients[index]]));
      await expectGradients("attend", inputs, attributes, dy, byInput);
    });
    await fc.assert(property, { numRuns: 15 });
  });
});
