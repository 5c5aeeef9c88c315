import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bestFirstTree } from "./best-first-tree.js";
import { GrowingTree } from "./growing-tree.js";
import type { RankedTokens } from "./transitions.js";

/** Children that depend on the path alone: probabilities of 4 tokens, best first, different below every path. */
function childrenOf(path: readonly number[], seed: number): RankedTokens {
  const weights = [0, 1, 2, 3].map((token) => {
    const mixed = [...path, token].reduce((hash, value) => Math.imul(hash ^ (value + 1), 0x01000193), seed | 1);
    return { token, weight: 1 + ((mixed >>> 8) % 97) };
  });
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  weights.sort((a, b) => b.weight - a.weight || a.token - b.token);
  return { tokens: weights.map(({ token }) => token), logProbs: weights.map(({ weight }) => Math.log(weight / total)) };
}

describe("GrowingTree", () => {
  it("holds the most probable nodes, as the tree does that asks for children one by one", () => {
    const ends = fc.subarray([0, 1, 2, 3]).map((tokens) => new Set(tokens));
    const limits = fc.record({ nodes: fc.nat(30), topK: fc.integer({ min: 1, max: 4 }), depth: fc.nat(5), ends });
    fc.assert(
      fc.property(limits, fc.integer(), (limit, seed) => {
        const grown = new GrowingTree(7, limit);
        let paths: number[][] = [];
        for (let level = 0; level < limit.depth && grown.open.length > 0; level++) {
          const before = paths;
          paths = grown.open.map(({ token, parentPlace }) => [
            ...(level === 0 ? [] : (before[parentPlace] ?? [])),
            token,
          ]);
          grown.grow(paths.map((path) => childrenOf(path, seed)));
        }
        const expected = bestFirstTree(limit, ({ node, tokens, parents }) => {
          const path: number[] = [];
          for (let at = node; at >= 0; at = parents[at] as number) path.unshift(tokens[at] as number);
          if (limit.ends.has(path.at(-1) as number)) return { tokens: [], logProbs: [] };
          return childrenOf([7, ...path], seed);
        });
        const jointOf = ({ parents, logProbs }: typeof expected) =>
          logProbs.map((own, node) => {
            let joint = own;
            for (let at = parents[node] as number; at >= 0; at = parents[at] as number) joint += logProbs[at] as number;
            return joint;
          });
        const tree = grown.tree();
        tree.parents.forEach((parent, node) => void expect(parent).toBeLessThan(node));
        // Equally probable nodes may stand in another order, or one in the other's place.
        expect(jointOf(tree).map((joint) => joint.toFixed(9))).toEqual(
          jointOf(expected).map((joint) => joint.toFixed(9)),
        );
      }),
    );
  });
});
