import { describe, expect, it } from "vitest";
import { type DraftContext, seededRandom, syntheticDrafter } from "../../src/index.js";

const vocabularySize = 5;
const text = Array.from({ length: 4000 }, (_, index) => (index * index) % vocabularySize);

/** What the drafter of a text is told after `committed` tokens of it. */
const after = (committed: number, depth = 99): DraftContext =>
  ({ tokens: text.slice(0, committed), bonus: text[committed] as number, depth }) as unknown as DraftContext;

describe("syntheticDrafter", () => {
  it.each([0, 0.5, 0.8, 1])("is right about each token with probability %f", async (acceptance) => {
    const drafter = syntheticDrafter({ text, acceptance, depth: 4, vocabularySize, seed: 3 });
    let [right, drafted] = [0, 0];
    for (let committed = 0; committed + 5 < text.length; committed += 5) {
      const { tokens, parents } = await drafter.draft(after(committed));
      expect(parents).toEqual([-1, 0, 1, 2]);
      right += tokens.filter((token, index) => token === text[committed + 1 + index]).length;
      drafted += tokens.length;
    }
    // Three standard deviations of 3,196 draws are at most 0.027.
    expect(Math.abs(right / drafted - acceptance)).toBeLessThanOrEqual(acceptance % 1 === 0 ? 0 : 0.027);
  });

  it("drafts no deeper than asked, nor beyond the text", async () => {
    const drafter = syntheticDrafter({ text, acceptance: 1, depth: 4, vocabularySize, seed: 3 });
    expect((await drafter.draft(after(10, 2))).tokens).toEqual(text.slice(11, 13));
    expect((await drafter.draft(after(text.length - 3))).tokens).toEqual(text.slice(-2));
    expect((await drafter.draft(after(text.length - 1))).tokens).toEqual([]);
  });

  it("drafts the same again with the same seed", async () => {
    const make = () => syntheticDrafter({ text, acceptance: 0.5, depth: 30, vocabularySize, seed: 8 });
    expect(await make().draft(after(1))).toEqual(await make().draft(after(1)));
  });
});

describe("seededRandom", () => {
  it("gives numbers from 0 to 1, evenly spread", () => {
    const random = seededRandom(1);
    const tenths = Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const at = Math.floor(random() * 10);
      tenths[at] = (tenths[at] as number) + 1;
    }
    // Four standard deviations of a tenth's count are 120.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it("gives other numbers for another seed", () => {
    expect(seededRandom(1)()).not.toBe(seededRandom(2)());
  });
});
