import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DraftTree } from "../contract/draft.js";
import { checkDraft, firstNodes, jointLogProbs } from "../tree/draft-tree.js";
import type { Reach } from "./extend-draft.js";
import { MatchRecord } from "./match-record.js";
import { TextLookup } from "./text-lookup.js";

/** The longest match of the text's end among its first `within` tokens, by trying every place. */
function naive(text: readonly number[], within = text.length): { at: number; matched: number } {
  let best = { at: 0, matched: 0 };
  for (let at = within - 1; at >= 1; at--) {
    let matched = 0;
    while (matched < Math.min(16, at) && text[at - 1 - matched] === text[text.length - 1 - matched]) matched++;
    if (matched > best.matched) best = { at, matched };
  }
  return best;
}

const upTo = (most: number, least = 0): Reach => ({ most, least });

/** Tokens from the bonus token down to a node. */
function pathTo({ tokens, parents }: DraftTree, node: number): number[] {
  return node < 0
    ? []
    : [...pathTo({ tokens, parents, logProbs: [] }, parents[node] as number), tokens[node] as number];
}

describe("TextLookup", () => {
  it("continues the longest earlier match, however the text came", () => {
    const texts = fc.array(fc.nat(3), { minLength: 1, maxLength: 18 });
    fc.assert(
      fc.property(texts, fc.array(fc.nat(18)), fc.integer({ min: 1, max: 6 }), (text, cuts, most) => {
        const lookup = new TextLookup();
        for (const cut of [...cuts].sort((a, b) => a - b)) lookup.draft(text.slice(0, Math.max(1, cut)), upTo(2));
        const draft = lookup.draft(text, upTo(most));
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

  it("goes on below every node of a draft as the text did, and moves none", () => {
    const texts = fc.array(fc.nat(2), { minLength: 1, maxLength: 14 });
    const trees = fc.array(fc.tuple(fc.nat(2), fc.nat()), { maxLength: 6 }).map((nodes) => ({
      tokens: nodes.map(([token]) => token),
      parents: nodes.map(([, parent], node) => (parent % (node + 1)) - 1),
      logProbs: nodes.map(() => -1),
    }));
    const bounds = fc.record({
      most: fc.integer({ min: 1, max: 4 }),
      depth: fc.integer({ min: 6, max: 8 }),
      known: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(texts, trees, bounds, (text, draft, { most, depth, known }) => {
        const lookup = new TextLookup();
        lookup.draft(text, upTo(most));
        const extended = lookup.extend(draft, { most, depth, known });
        expect(firstNodes(extended, draft.tokens.length)).toEqual(draft);
        expect(() => checkDraft(extended)).not.toThrow();
        const added = new Set(extended.tokens.keys());
        for (const node of draft.tokens.keys()) added.delete(node);
        for (const node of [-1, ...draft.tokens.keys()]) {
          const path = pathTo(draft, node);
          const whole = [...text, ...path];
          const { at, matched } = naive(whole, text.length);
          let below = node;
          const levels = matched === 0 ? 0 : Math.min(most, depth - path.length);
          for (let index = 0; index < levels; index++) {
            const token = whole[at + index] as number;
            whole.push(token);
            const from = below;
            below = [...added].find((place) => extended.parents[place] === from) as number;
            expect(extended.tokens[below]).toBe(token);
            added.delete(below);
          }
        }
        expect(added.size).toBe(0);
      }),
    );
  });

  it("ends where what follows is less likely than is asked for, below nodes too", () => {
    const texts = fc.array(fc.nat(2), { minLength: 2, maxLength: 14 });
    fc.assert(
      fc.property(texts, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2), (text, least, token) => {
        const whole = new TextLookup().draft(text, upTo(8));
        const draft = new TextLookup().draft(text, upTo(8, least));
        const joints = jointLogProbs(whole).map(Math.exp);
        const likely = joints.findIndex((joint) => joint < least);
        // The first is what the text says, and what is learned from.
        const length = likely < 0 ? whole.tokens.length : Math.max(likely, Math.min(1, whole.tokens.length));
        expect(draft).toEqual(firstNodes(whole, length));

        const lookup = new TextLookup();
        lookup.draft(text, upTo(8));
        const node = { tokens: [token], parents: [-1], logProbs: [Math.log(0.5)] };
        const { tokens, parents, logProbs } = lookup.extend(node, { most: 8, depth: 8, known: 0, least });
        const below = jointLogProbs({ tokens, parents, logProbs });
        const second = parents.indexOf(0);
        if (least > 0.5) expect(second).toBe(-1);
        tokens.forEach((_, place) => {
          if (place > 0 && parents[place] !== 0 && parents[place] !== -1) {
            expect(Math.exp(below[place] as number)).toBeGreaterThanOrEqual(least * (1 - 1e-9));
          }
        });
      }),
    );
  });

  it("counts what streams did not name as less likely, and learns that apart", () => {
    const record = new MatchRecord();
    const lookup = new TextLookup(record);
    const named = (token: number) => ({ tokens: [token], parents: [-1], logProbs: [-0.5] });
    const limit = { most: 1, depth: 4, known: 2 };
    // After 1 2 comes 3.
    const text = [1, 2, 3, 4, 1, 2];
    lookup.draft(text, upTo(1));
    expect(Math.exp(lookup.extend(named(3), limit).logProbs[1] as number)).toBeCloseTo(record.probability(2), 9);
    lookup.draft(text, upTo(1));
    const [before, usual] = [record.probability(2, true), record.probability(2)];
    expect(Math.exp(lookup.extend(named(9), limit).logProbs[1] as number)).toBeCloseTo(before, 9);
    expect(before).toBeLessThan(usual);
    lookup.draft([...text, 3], upTo(1));
    expect(record.probability(2, true)).toBeGreaterThan(before);
    expect(record.probability(2)).toBe(usual);
  });

  it("learns what matches are worth", () => {
    const record = new MatchRecord();
    const before = record.probability(2);
    const lookup = new TextLookup(record);
    // After 1 2 comes 3, then always something else.
    const text = [1, 2, 3];
    for (let token = 4; token < 40; token++) {
      text.push(1, 2);
      expect(lookup.draft(text, upTo(1)).tokens).toHaveLength(1);
      text.push(token);
    }
    lookup.draft(text, upTo(1));
    expect(record.probability(2)).toBeLessThan(before / 2);
  });

  it("forgets a text that begins anew", () => {
    const lookup = new TextLookup();
    lookup.draft([1, 2, 3, 1, 2], upTo(1));
    expect(lookup.draft([5, 6], upTo(3)).tokens).toEqual([]);
  });
});
