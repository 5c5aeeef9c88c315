import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TrainingExample } from "./example.js";
import { forestRows } from "./forest.js";
import { epochBatches } from "./order.js";

const lengths = fc.record({
  prompt: fc.integer({ min: 1, max: 9 }),
  completions: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 }),
});
const examples = fc.array(lengths, { minLength: 1, maxLength: 30 }).map((all) =>
  all.map(({ prompt, completions }, index) => ({
    prompt: new Array(prompt).fill(index),
    completions: completions.map((length, place) => new Array(length).fill(100 * index + place)),
  })),
);
const settings = fc.record({
  seed: fc.nat(),
  batchRows: fc.integer({ min: 1, max: 100 }),
  completionsPerPrompt: fc.integer({ min: 1, max: 5 }),
});

const padded = (batch: readonly TrainingExample[]): number => batch.length * Math.max(...batch.map(forestRows));

describe("epochBatches", () => {
  it("has every completion once, behind its prompt, and no prompt with more completions than asked", () => {
    fc.assert(
      fc.property(examples, settings, fc.nat(3), (all, order, epoch) => {
        const groups = epochBatches(all, epoch, order).flat();
        const seen = groups.flatMap(({ completions }) => completions.map((ids) => ids[0] as number));
        const expected = all.flatMap(({ completions }) => completions.map((ids) => ids[0] as number));
        expect(seen.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
        for (const { prompt, completions } of groups) {
          expect(completions.length).toBeLessThanOrEqual(order.completionsPerPrompt);
          for (const ids of completions) expect(Math.floor((ids[0] as number) / 100)).toBe(prompt[0]);
        }
      }),
    );
  });

  it("keeps the padded rows of a batch within the limit, or the batch is one example", () => {
    fc.assert(
      fc.property(examples, settings, (all, order) => {
        for (const batch of epochBatches(all, 0, order)) {
          if (batch.length > 1) expect(padded(batch)).toBeLessThanOrEqual(order.batchRows);
        }
      }),
    );
  });

  it("is the same again for the same seed and epoch, and another for another", () => {
    const all = Array.from({ length: 50 }, (_, index) => ({ prompt: [index], completions: [[index, 1]] }));
    const order = { seed: 3, batchRows: 10, completionsPerPrompt: 2 };
    expect(epochBatches(all, 1, order)).toEqual(epochBatches(all, 1, order));
    expect(epochBatches(all, 1, order)).not.toEqual(epochBatches(all, 2, order));
    expect(epochBatches(all, 1, order)).not.toEqual(epochBatches(all, 1, { ...order, seed: 4 }));
  });
});
