import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applied, apply } from "../support/apply.js";
import { expectClose } from "../support/close.js";
import { Random, real, whole } from "../support/tensors.js";

const seeds = fc.integer();

describe("embed", () => {
  it("takes the table's rows", async () => {
    const table = real([3, 2], [0, 1, 10, 11, 20, 21]);
    expect(await applied("embed", [table, whole([2, 2], [2, 0, 1, 2])], {})).toEqual([20, 21, 0, 1, 10, 11, 20, 21]);
  });

  it.each([-1, 3])("refuses token %i of a vocabulary of 3", async (token) => {
    const run = applied("embed", [real([3, 1], [0, 1, 2]), whole([1, 1], [token])], {});
    await expect(run).rejects.toMatchObject({ code: "UNKNOWN_TOKEN" });
  });
});

describe("linear", () => {
  const weight = real([2, 3], [1, 2, 3, 4, 5, 6]);

  it("is x times the weight's transpose", async () => {
    expect(await applied("linear", [real([1, 1, 3], [1, 0, -1]), weight], { transposed: false })).toEqual([-2, -2]);
  });

  it("is x times the weight where transposed", async () => {
    expect(await applied("linear", [real([1, 1, 2], [1, 10]), weight], { transposed: true })).toEqual([41, 52, 63]);
  });
});

describe("norm", () => {
  it("divides by the root of the mean square", async () => {
    const out = await applied("norm", [real([1, 1, 2], [3, 4]), real([2], [1, 2])], { epsilon: 0 });
    expectClose(out, [3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)]);
  });

  it("adds epsilon to the mean square", async () => {
    const out = await applied("norm", [real([1, 1, 2], [1, 1]), real([2], [1, 1])], { epsilon: 3 });
    expectClose(out, [0.5, 0.5]);
  });
});

describe("rope", () => {
  const attributes = { headSize: 4, frequencies: [Math.PI / 2, 0], maxPositions: 16, inverse: false };

  it("turns pairs of halves by position times frequency, in each head", async () => {
    const x = real([1, 1, 8], [1, 2, 3, 4, 5, 6, 7, 8]);
    const out = await applied("rope", [x, whole([1, 1], [1])], attributes);
    expectClose(out, [-3, 2, 1, 4, -7, 6, 5, 8]);
  });

  it("scales what turns, and leaves the rest of a head", async () => {
    const partly = { ...attributes, frequencies: [Math.PI / 2], scale: 3 };
    const out = await applied("rope", [real([1, 1, 4], [1, 2, 3, 4]), whole([1, 1], [1])], partly);
    expectClose(out, [-6, 3, 3, 4]);
  });

  it("is undone by its inverse", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const random = new Random(seed);
        const [x, positions] = [random.real(2, 3, 8), random.whole(16, 2, 3)];
        const frequencies = [1, 0.1];
        const [turned] = await apply("rope", [x, positions], { ...attributes, frequencies });
        const back = await applied("rope", [turned as typeof x, positions], {
          ...attributes,
          frequencies,
          inverse: true,
        });
        expectClose(back, x.data);
      }),
      { numRuns: 20 },
    );
  });
});

describe("gate", () => {
  it("is silu(gate) times up", async () => {
    const out = await applied("gate", [real([1, 1, 2], [0, 2]), real([1, 1, 2], [5, 3])], {});
    expectClose(out, [0, 6 / (1 + Math.exp(-2))]);
  });
});

describe("add and scale", () => {
  it("add a multiple, and multiply", async () => {
    const [a, b] = [real([1, 1, 2], [1, 2]), real([1, 1, 2], [10, 20])];
    expect(await applied("add", [a, b], { scale: 0.5 })).toEqual([6, 12]);
    expect(await applied("scale", [a], { factor: -3 })).toEqual([-3, -6]);
  });
});

describe("select", () => {
  const x = real([2, 2, 1], [0, 1, 10, 11]);

  it("takes rows of each batch by their number", async () => {
    expect(await applied("select", [x, whole([2, 3], [1, 1, 0, 0, 1, 1])], {})).toEqual([1, 1, 0, 10, 11, 11]);
  });

  it("takes no rows where none are listed", async () => {
    expect(await applied("select", [x, whole([2, 0], [])], {})).toEqual([]);
  });

  it.each([-1, 2])("refuses row %i of 2", async (row) => {
    const run = applied("select", [x, whole([2, 1], [0, row])], {});
    await expect(run).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe("insertStreams", () => {
  const [x, start] = [real([1, 2, 1], [1, 2]), real([1, 2, 1], [10, 20])];
  const embedding = real([2, 1], [0.5, 0.25]);

  it("puts start + P_j beside each other", async () => {
    const out = await applied("insertStreams", [x, start, embedding], { keepMain: false });
    expect(out).toEqual([10.5, 10.25, 20.5, 20.25]);
  });

  it("puts them behind the row itself where it is kept", async () => {
    const out = await applied("insertStreams", [x, start, embedding], { keepMain: true });
    expect(out).toEqual([1, 10.5, 10.25, 2, 20.5, 20.25]);
  });
});

describe("pick", () => {
  it("keeps some members of each group", async () => {
    const x = real([2, 3, 1], [0, 1, 2, 10, 11, 12]);
    expect(await applied("pick", [x], { members: 3, from: 1, to: 3 })).toEqual([1, 2, 11, 12]);
    expect(await applied("pick", [x], { members: 3, from: 0, to: 1 })).toEqual([0, 10]);
  });
});
