import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DraftTree, ROOT } from "../contract/index.js";
import { NO_TOKEN } from "../model/index.js";
import { countTransitions } from "./count-transitions.js";
import { checkDraft, draftDepths } from "./draft-tree.js";
import { topKTree } from "./top-k-tree.js";
import { type RankedTokens, Transitions } from "./transitions.js";

const VOCABULARY = 6;
const all = { minimumCount: 1, most: 1e6 };
const texts = fc.array(fc.array(fc.nat(VOCABULARY - 1), { maxLength: 30 }), { minLength: 1, maxLength: 5 });

/** A stream's distribution over the whole vocabulary, best first. */
const level: fc.Arbitrary<RankedTokens> = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: VOCABULARY, maxLength: VOCABULARY })
  .map((weights) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    const ranked = weights.map((weight, token) => ({ token, logProb: Math.log(weight / sum) }));
    ranked.sort((a, b) => b.logProb - a.logProb);
    return { tokens: ranked.map(({ token }) => token), logProbs: ranked.map(({ logProb }) => logProb) };
  });

const massOf = ({ logProbs }: RankedTokens): number => Array.from(logProbs, Math.exp).reduce((a, b) => a + b, 0);

const path = ({ tokens, parents }: DraftTree, node: number): number[] =>
  node === ROOT ? [] : [...path({ tokens, parents, logProbs: [] }, parents[node] as number), tokens[node] as number];

describe("counting transitions", () => {
  it("counts every token, pair and triple of the texts", () => {
    fc.assert(
      fc.property(texts, (written) => {
        const { rows } = countTransitions(written, all);
        const counted = new Map<string, number>();
        for (let at = 0; at < rows.length; at += 4) counted.set(rows.slice(at, at + 3).join(), rows[at + 3] as number);
        const occurrences = (gram: number[]): number =>
          written.reduce((sum, text) => sum + text.filter((_, i) => gram.every((t, j) => text[i + j] === t)).length, 0);
        for (const [key, count] of counted) {
          expect(
            occurrences(
              key
                .split(",")
                .map(Number)
                .filter((token) => token !== NO_TOKEN),
            ),
          ).toBe(count);
        }
        const grams = (size: number): Set<string> =>
          new Set(written.flatMap((text) => text.slice(size - 1).map((_, i) => text.slice(i, i + size).join())));
        expect(counted.size).toBe(grams(1).size + grams(2).size + grams(3).size);
      }),
    );
  });

  it("keeps the most frequent", () => {
    const { rows } = countTransitions([[1, 2, 1, 2, 1, 3]], { minimumCount: 2, most: 1 });
    expect([...rows]).toEqual([-1, -1, 1, 3, -1, -1, 2, 2, -1, -1, 3, 1, -1, 1, 2, 2]);
  });
});

describe("transitions", () => {
  it("reorder a stream's tokens and keep the probability that they have together", () => {
    fc.assert(
      fc.property(texts, level, fc.nat(VOCABULARY - 1), (written, stream, last) => {
        const moved = new Transitions(countTransitions(written, all), VOCABULARY).adjusted(stream, last);
        expect([...(moved.tokens as number[])].sort()).toEqual([...(stream.tokens as number[])].sort());
        expect(massOf(moved)).toBeCloseTo(massOf(stream), 9);
        const sorted = [...(moved.logProbs as number[])].sort((a, b) => b - a);
        expect(moved.logProbs).toEqual(sorted);
      }),
    );
  });

  it("favour what followed the token before", () => {
    const even: RankedTokens = { tokens: [0, 1, 2], logProbs: [-1.0986, -1.0986, -1.0986] };
    const counted = new Transitions(countTransitions([[0, 1, 0, 1, 0, 1, 2, 0, 1]], all), 3);
    expect(counted.adjusted(even, 0).tokens[0]).toBe(1);
    // Nothing followed token 5: the stream decides alone.
    expect(new Transitions(countTransitions([[0, 1]], all), VOCABULARY).adjusted(even, 5)).toBe(even);
  });

  it("go on with a distribution over what followed both tokens, else the last one", () => {
    fc.assert(
      fc.property(texts, fc.nat(VOCABULARY - 1), fc.nat(VOCABULARY - 1), (written, before, last) => {
        const next = new Transitions(countTransitions(written, all), VOCABULARY).next(before, last);
        expect(massOf(next)).toBeLessThanOrEqual(1 + 1e-9);
        const after = (context: readonly number[]): number[] => [
          ...new Set(
            written.flatMap((text) =>
              text.filter(
                (_, i) => i >= context.length && context.every((token, j) => text[i - context.length + j] === token),
              ),
            ),
          ),
        ];
        const both = after([before, last]);
        const expected = both.length > 0 ? both : after([last]);
        expect([...(next.tokens as number[])].sort()).toEqual(expected.sort());
      }),
    );
  });

  it("are refused when broken, or made for another vocabulary", () => {
    const make =
      (...rows: number[]) =>
      (): Transitions =>
        new Transitions({ rows: Int32Array.from(rows) }, 3);
    expect(make(-1, -1, 0)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(make(-1, -1, 0, 0)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(make(1, -1, 0, 2)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(make(-1, 0, 3, 2)).toThrow(expect.objectContaining({ code: "UNKNOWN_TOKEN" }));
    expect(make(-1, -2, 1, 2)).toThrow(expect.objectContaining({ code: "UNKNOWN_TOKEN" }));
  });
});

describe("the tree of streams with transitions", () => {
  const limits = fc.record({
    nodes: fc.nat(40),
    topK: fc.integer({ min: 1, max: 4 }),
    depth: fc.integer({ min: 1, max: 7 }),
  });

  it("has nodes best first, goes on below the streams, and keeps to its limit", () => {
    fc.assert(
      fc.property(texts, fc.array(level, { maxLength: 3 }), limits, fc.nat(5), (written, levels, limit, bonus) => {
        const transitions = new Transitions(countTransitions(written, all), VOCABULARY);
        const tree = topKTree(levels, limit, { transitions, bonus });
        checkDraft(tree);
        const depths = draftDepths(tree);
        expect(tree.tokens.length).toBeLessThanOrEqual(limit.nodes);
        expect(Math.max(0, ...depths)).toBeLessThanOrEqual(limit.depth);
        const joint: number[] = [];
        tree.tokens.forEach((_, node) => {
          const parent = tree.parents[node] as number;
          joint.push((parent === ROOT ? 0 : (joint[parent] as number)) + (tree.logProbs[node] as number));
          if (node > 0) expect(joint[node]).toBeLessThanOrEqual((joint[node - 1] as number) + 1e-9);
        });
        tree.tokens.forEach((token, node) => {
          const level = (depths[node] as number) - 1;
          if (level < levels.length) return;
          const [before, last] = [bonus, ...path(tree, tree.parents[node] as number)].slice(-2) as [number, number];
          expect(transitions.next(before, last).tokens).toContain(token);
        });
        expect(topKTree(levels, { ...limit, transitions: false }, { transitions, bonus })).toEqual(
          topKTree(levels, limit),
        );
      }),
    );
  });

  it("draws nothing from counts alone: without streams there is no draft", () => {
    const transitions = new Transitions(countTransitions([[0, 1, 2]], all), 3);
    expect(topKTree([], { nodes: 4, topK: 2, depth: 4 }, { transitions, bonus: 0 }).tokens).toEqual([]);
  });
});
