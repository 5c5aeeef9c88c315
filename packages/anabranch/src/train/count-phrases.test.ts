import { Phrases } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countPhrases } from "./count-phrases.js";

const texts = fc.array(fc.array(fc.nat(3), { maxLength: 30 }), { maxLength: 6 });
const after = (table: ReturnType<typeof countPhrases>, context: readonly number[]) =>
  new Phrases(table, 100).after((places) => context[context.length - 1 - places]);

describe("countPhrases", () => {
  it("says of every context what a count of all texts says, or is silent where a shorter one says nearly the same", () => {
    const options = { longest: 3, minimumCount: 2, leastShare: 0, most: 10_000 };
    fc.assert(
      fc.property(texts, fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }), (all, context) => {
        const found = after(countPhrases(all, options), context);
        const counts = new Map<number, number>();
        for (const text of all) {
          for (let end = context.length; end < text.length; end++) {
            if (context.some((token, index) => text[end - context.length + index] !== token)) continue;
            counts.set(text[end] as number, (counts.get(text[end] as number) ?? 0) + 1);
          }
        }
        const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
        if (total < 2) return;
        const most = Math.max(...counts.values());
        expect(counts.get(found?.token ?? -1)).toBe(most);
        expect(Math.abs((found?.share ?? 0) - most / (total + 1))).toBeLessThan(1);
        expect(found?.share).toBeGreaterThan(most / (total + 1) - 0.102);
      }),
    );
  });

  it("keeps the most frequent, and what leads to them", () => {
    const often = Array.from({ length: 9 }, () => [7, 8, 9]);
    const all = [...often, [1, 2, 3], [1, 2, 3], [5, 8, 4], [5, 8, 4], [5, 8, 4]];
    const whole = countPhrases(all, { longest: 2, minimumCount: 2, leastShare: 0.3, most: 100 });
    expect(after(whole, [7, 8])?.token).toBe(9);
    expect(after(whole, [5, 8])?.token).toBe(4);
    expect(after(whole, [1, 2])).toEqual({ token: 3, share: 0.667 });
    const few = countPhrases(all, { longest: 2, minimumCount: 2, leastShare: 0.3, most: 2 });
    expect(after(few, [7, 8])?.token).toBe(9);
    expect(after(few, [1, 2])).toBeUndefined();
    expect(countPhrases([], { longest: 2, minimumCount: 2, leastShare: 0, most: 2 }).rows).toHaveLength(0);
  });
});
