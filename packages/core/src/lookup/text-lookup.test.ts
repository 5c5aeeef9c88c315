import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MatchRecord } from "./match-record.js";
import { TextLookup } from "./text-lookup.js";

/** The longest earlier match of the text's end, by trying every place. */
function naive(text: readonly number[]): { at: number; matched: number } {
  let best = { at: 0, matched: 0 };
  for (let at = text.length - 1; at >= 2; at--) {
    let matched = 0;
    while (matched < Math.min(16, at) && text[at - 1 - matched] === text[text.length - 1 - matched]) matched++;
    if (matched >= 2 && matched > best.matched) best = { at, matched };
  }
  return best;
}

describe("TextLookup", () => {
  it("continues the longest earlier match, however the text came", () => {
    const texts = fc.array(fc.nat(3), { minLength: 1, maxLength: 18 });
    fc.assert(
      fc.property(texts, fc.array(fc.nat(18)), fc.integer({ min: 1, max: 6 }), (text, cuts, most) => {
        const lookup = new TextLookup();
        for (const cut of [...cuts].sort((a, b) => a - b)) lookup.draft(text.slice(0, Math.max(1, cut)), 2);
        const draft = lookup.draft(text, most);
        const { at, matched } = naive(text);
        if (matched === 0) {
          expect(draft.tokens).toEqual([]);
          return;
        }
        const expected = [...text];
        for (let index = 0; index < most; index++) expected.push(expected[at + index] as number);
        expect(draft.tokens).toEqual(expected.slice(text.length));
        expect(draft.parents).toEqual(draft.tokens.map((_, index) => index - 1));
        for (const logProb of draft.logProbs) expect(logProb).toBeLessThanOrEqual(0);
      }),
    );
  });

  it("learns what matches are worth", () => {
    const record = new MatchRecord();
    const before = record.probability(2);
    const lookup = new TextLookup(record);
    // After 1 2 comes 3, then always something else.
    const text = [1, 2, 3];
    for (let token = 4; token < 40; token++) {
      text.push(1, 2);
      expect(lookup.draft(text, 1).tokens).toHaveLength(1);
      text.push(token);
    }
    lookup.draft(text, 1);
    expect(record.probability(2)).toBeLessThan(before / 2);
  });

  it("forgets a text that begins anew", () => {
    const lookup = new TextLookup();
    lookup.draft([1, 2, 3, 1, 2], 1);
    expect(lookup.draft([5, 6], 3).tokens).toEqual([]);
  });
});
