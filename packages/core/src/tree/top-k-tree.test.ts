import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DraftTree, ROOT, type TokenLogProbs } from "../contract/index.js";
import { checkDraft, draftDepths } from "./draft-tree.js";
import { topKTree } from "./top-k-tree.js";

const CANDIDATES = 4;

/** Levels with CANDIDATES distinct tokens, best first. */
const levels: fc.Arbitrary<TokenLogProbs[]> = fc.array(
  fc
    .tuple(
      fc.uniqueArray(fc.nat(50), { minLength: CANDIDATES, maxLength: CANDIDATES }),
      fc.array(fc.float({ min: Math.fround(-6), max: Math.fround(-0.01), noNaN: true }), {
        minLength: CANDIDATES,
        maxLength: CANDIDATES,
      }),
    )
    .map(([tokens, logProbs]) => ({
      tokens: Int32Array.from(tokens),
      logProbs: Float32Array.from(logProbs.sort((a, b) => b - a)),
    })),
  { minLength: 1, maxLength: 4 },
);
const topK = fc.integer({ min: 1, max: CANDIDATES });
const nodes = fc.nat(60);

function joints({ parents, logProbs }: DraftTree): number[] {
  const joint: number[] = [];
  parents.forEach((parent, node) => {
    joint.push((joint[parent] ?? 0) + (logProbs[node] as number));
  });
  return joint;
}

/** Tokens from the bonus token down to a node. */
function branch({ tokens, parents }: DraftTree, node: number): number[] {
  return node === ROOT
    ? []
    : [...branch({ tokens, parents, logProbs: [] }, parents[node] as number), tokens[node] as number];
}

/** Every branch that a tree of these levels can have, with its joint log-probability. */
function enumerate(from: readonly TokenLogProbs[], k: number): { tokens: number[]; joint: number }[] {
  const [level, ...below] = from;
  if (level === undefined) return [];
  return [...level.tokens.slice(0, k)].flatMap((token, rank) => {
    const own = level.logProbs[rank] as number;
    const deeper = enumerate(below, k).map(({ tokens, joint }) => ({ tokens: [token, ...tokens], joint: own + joint }));
    return [{ tokens: [token], joint: own }, ...deeper];
  });
}

describe("the top-k tree of streams", () => {
  it("holds the most probable nodes of all that there could be", () => {
    fc.assert(
      fc.property(levels, topK, nodes, (from, k, most) => {
        const tree = topKTree(from, { nodes: most, topK: k });
        const all = enumerate(from, k);
        const best = all.map(({ joint }) => joint).sort((a, b) => b - a);
        expect(tree.tokens).toHaveLength(Math.min(most, all.length));
        const found = joints(tree).sort((a, b) => b - a);
        for (const [rank, joint] of found.entries()) expect(joint).toBeCloseTo(best[rank] as number, 9);
      }),
    );
  });

  it("names each branch once, with the log-probability of its last token", () => {
    fc.assert(
      fc.property(levels, topK, nodes, (from, k, most) => {
        const tree = topKTree(from, { nodes: most, topK: k });
        const known = new Map(enumerate(from, k).map(({ tokens, joint }) => [tokens.join(), joint]));
        const joint = joints(tree);
        for (const node of tree.tokens.keys()) {
          const name = branch(tree, node).join();
          expect(known.get(name)).toBeCloseTo(joint[node] as number, 9);
          known.delete(name);
        }
      }),
    );
  });

  it("puts the more probable first, so parents precede children", () => {
    fc.assert(
      fc.property(levels, topK, nodes, (from, k, most) => {
        const tree = topKTree(from, { nodes: most, topK: k });
        checkDraft(tree);
        joints(tree).forEach((joint, node, all) => {
          if (node > 0) expect(joint).toBeLessThanOrEqual((all[node - 1] as number) + 1e-9);
        });
      }),
    );
  });

  it("begins with the tree of any smaller limit", () => {
    fc.assert(
      fc.property(levels, topK, nodes, nodes, (from, k, a, b) => {
        const small = topKTree(from, { nodes: Math.min(a, b), topK: k });
        const large = topKTree(from, { nodes: Math.max(a, b), topK: k });
        const count = small.tokens.length;
        expect(large.tokens.slice(0, count)).toEqual(small.tokens);
        expect(large.parents.slice(0, count)).toEqual(small.parents);
      }),
    );
  });

  it("has k + k² + ... nodes without a limit, and no level below the one asked for", () => {
    fc.assert(
      fc.property(levels, topK, fc.nat(5), (from, k, depth) => {
        const tree = topKTree(from, { nodes: Number.POSITIVE_INFINITY, topK: k, depth });
        const there = Math.min(depth, from.length);
        const full = Array.from({ length: there }, (_, level) => k ** (level + 1)).reduce((a, b) => a + b, 0);
        expect(tree.tokens).toHaveLength(full);
        expect(Math.max(0, ...draftDepths(tree))).toBe(there);
      }),
    );
  });
});
