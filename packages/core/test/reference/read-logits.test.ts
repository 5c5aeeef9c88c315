import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../src/index.js";
import { applied, apply } from "../support/apply.js";
import { expectClose } from "../support/close.js";
import { Random, real, whole } from "../support/tensors.js";

describe("argmax", () => {
  it("names the first of the largest", async () => {
    expect(await applied("argmax", [real([1, 2, 3], [1, 7, 7, -3, -2, -4])], {})).toEqual([1, 1]);
  });
});

describe("topLogProbs", () => {
  it("gives the most probable, best first, the first of equals first", async () => {
    const logits = real([1, 1, 4], [1, 3, 1, 2].map(Math.log));
    const [logProbs, indices] = (await apply("topLogProbs", [logits], { k: 3 })) as [Tensor, Tensor];
    expect([...indices.data]).toEqual([1, 3, 0]);
    expectClose(logProbs.data, [3 / 7, 2 / 7, 1 / 7].map(Math.log));
  });

  it("refuses more than there are", async () => {
    const run = applied("topLogProbs", [real([1, 1, 2], [0, 1])], { k: 3 });
    await expect(run).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("agrees with argmax and logProb", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const logits = new Random(seed).real(2, 2, 5);
        const [logProbs, indices] = (await apply("topLogProbs", [logits], { k: 1 })) as [Tensor, Tensor];
        expect([...indices.data]).toEqual(await applied("argmax", [logits], {}));
        const targets = whole([2, 2], [...indices.data]);
        expectClose(await applied("logProb", [logits, targets], {}), logProbs.data);
      }),
      { numRuns: 20 },
    );
  });
});

describe("logProb", () => {
  it("is the logarithm of the target's share", async () => {
    const logits = real([1, 2, 2], [1, 3, 2, 2].map(Math.log));
    expectClose(await applied("logProb", [logits, whole([1, 2], [1, 0])], {}), [0.75, 0.5].map(Math.log));
  });

  it("survives logits that would overflow", async () => {
    expectClose(await applied("logProb", [real([1, 1, 2], [5000, 4000]), whole([1, 1], [1])], {}), [-1000]);
  });

  it("refuses a target outside the vocabulary", async () => {
    const run = applied("logProb", [real([1, 1, 2], [0, 0]), whole([1, 1], [2])], {});
    await expect(run).rejects.toMatchObject({ code: "UNKNOWN_TOKEN" });
  });
});
