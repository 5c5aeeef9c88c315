import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Reach } from "./extend-draft.js";
import { MatchRecord } from "./match-record.js";
import { PhraseLookup } from "./phrase-lookup.js";
import { Phrases } from "./phrases.js";

const upTo = (most: number): Reach => ({ most, least: 0 });

/** Contexts by their tokens, the last one first, each with what follows it (or nothing). */
type Contexts = ReadonlyMap<string, { readonly token: number; readonly share: number } | undefined>;

/** Contexts of up to three of five tokens; those that lead to a longer one are there too. */
const contexts: fc.Arbitrary<Contexts> = fc
  .array(fc.tuple(fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }), fc.nat(4), fc.integer({ min: 0, max: 1000 })), {
    maxLength: 12,
  })
  .map((entries) => {
    const all = new Map<string, { token: number; share: number } | undefined>();
    for (const [context, token, share] of entries) {
      for (let length = 1; length < context.length; length++) {
        const shorter = context.slice(0, length).join();
        if (!all.has(shorter)) all.set(shorter, undefined);
      }
      all.set(context.join(), { token, share: share / 1000 });
    }
    return all;
  });

function tableOf(all: Contexts): Phrases {
  const keys = [...all.keys()].sort((a, b) => a.length - b.length);
  const rows = keys.flatMap((key) => {
    const tokens = key.split(",").map(Number);
    const next = all.get(key);
    return [
      keys.indexOf(tokens.slice(0, -1).join()),
      tokens.at(-1) as number,
      next?.token ?? -1,
      Math.round(1000 * (next?.share ?? 0)),
    ];
  });
  return new Phrases({ rows: Int32Array.from(rows) }, 5);
}

function naive(all: Contexts, text: readonly number[]): { token: number; share: number } | undefined {
  for (let length = 3; length >= 1; length--) {
    const context = text.slice(-length).reverse();
    // Contexts are found one token after the other: every shorter one is there.
    if (context.length === length && all.get(context.join()) !== undefined) return all.get(context.join());
  }
  return undefined;
}

describe("phrases", () => {
  it("are what follows the longest known context", () => {
    fc.assert(
      fc.property(contexts, fc.array(fc.nat(4), { maxLength: 5 }), (all, text) => {
        expect(tableOf(all).after((places) => text[text.length - 1 - places])).toEqual(naive(all, text));
      }),
    );
  });

  it("refuse a table that is none, and another model's", () => {
    const table = (...rows: number[]) => new Phrases({ rows: Int32Array.from(rows) }, 5);
    expect(() => table(-1, 0, 1)).toThrow("no multiple");
    expect(() => table(0, 0, 1, 500)).toThrow("no context");
    expect(() => table(-1, 0, 1, 1001)).toThrow("no context");
    expect(() => table(-1, 5, 1, 500)).toThrow("vocabulary of 5");
    expect(() => table(-1, 0, 5, 500)).toThrow("vocabulary of 5");
  });
});

describe("a phrase lookup", () => {
  it("drafts one phrase after the other, at the end of the text and below a draft's nodes", () => {
    const trees = fc.array(fc.tuple(fc.nat(4), fc.nat()), { maxLength: 5 }).map((nodes) => ({
      tokens: nodes.map(([token]) => token),
      parents: nodes.map(([, parent], node) => (parent % (node + 1)) - 1),
      logProbs: nodes.map(() => -1),
    }));
    const texts = fc.array(fc.nat(4), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(contexts, texts, trees, (all, text, draft) => {
        const lookup = new PhraseLookup(tableOf(all), new MatchRecord());
        const chain = (from: readonly number[], most: number): number[] => {
          const whole = [...from];
          for (let next = naive(all, whole); next !== undefined && whole.length < from.length + most; ) {
            whole.push(next.token);
            next = naive(all, whole);
          }
          return whole.slice(from.length);
        };
        // A chain may end sooner, where it has become unlikely.
        const begins = (found: readonly number[], expected: readonly number[]): void => {
          expect(found).toEqual(expected.slice(0, found.length));
          expect(found.length > 0).toBe(expected.length > 0);
        };
        begins(lookup.draft(text, upTo(3)).tokens, chain(text, 3));
        const extended = lookup.extend(draft, { most: 2, depth: 6, known: 2 });
        expect(extended.tokens.slice(0, draft.tokens.length)).toEqual(draft.tokens);
        let at = draft.tokens.length;
        for (const node of [-1, ...draft.tokens.keys()]) {
          const path: number[] = [];
          for (let up = node; up >= 0; up = draft.parents[up] as number) path.unshift(draft.tokens[up] as number);
          const found: number[] = [];
          while (at < extended.tokens.length && extended.parents[at] === (found.length === 0 ? node : at - 1)) {
            found.push(extended.tokens[at++] as number);
          }
          begins(found, chain([...text, ...path], 2));
        }
        expect(at).toBe(extended.tokens.length);
      }),
    );
  });

  it("learns what phrases are worth, those that streams did not name apart", () => {
    const record = new MatchRecord();
    const phrases = tableOf(new Map([["1", { token: 2, share: 0.75 }]]));
    const lookup = new PhraseLookup(phrases, record);
    const text = [1];
    for (let time = 0; time < 40; time++) {
      lookup.draft(text, upTo(1));
      text.push(3, 1);
    }
    expect(record.phraseProbability(0.75)).toBeLessThan(0.3);
    expect(record.phraseProbability(0.85)).toBe(0.85);
    const before = record.phraseProbability(0.75, true);
    lookup.draft(text, upTo(1));
    lookup.extend({ tokens: [4], parents: [-1], logProbs: [-1] }, { most: 1, depth: 2, known: 1 });
    lookup.draft([...text, 2], upTo(1));
    expect(record.phraseProbability(0.75, true)).toBeGreaterThan(before);
  });
});
