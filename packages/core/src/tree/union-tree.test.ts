import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DraftTree, ROOT } from "../contract/draft.js";
import { unionTree } from "./union-tree.js";

const trees: fc.Arbitrary<DraftTree> = fc
  .array(fc.record({ token: fc.nat(4), parent: fc.nat(9), logProb: fc.double({ min: -3, max: 0, noNaN: true }) }), {
    maxLength: 10,
  })
  .map((nodes) => ({
    tokens: nodes.map(({ token }) => token),
    parents: nodes.map(({ parent }, index) => (index === 0 ? ROOT : (parent % (index + 1)) - 1)),
    logProbs: nodes.map(({ logProb }) => logProb),
  }));

function pathsOf({ tokens, parents }: DraftTree): string[] {
  const paths: string[] = [];
  tokens.forEach((token, node) => {
    const parent = parents[node] as number;
    paths.push(parent === ROOT ? `${token}` : `${paths[parent]} ${token}`);
  });
  return paths;
}

describe("unionTree", () => {
  it("has each path of each tree once, parents first, and the most probable nodes first", () => {
    fc.assert(
      fc.property(fc.array(trees, { maxLength: 3 }), (all) => {
        const union = unionTree(all);
        const paths = pathsOf(union);
        expect(new Set(paths).size).toBe(paths.length);
        expect(new Set(paths)).toEqual(new Set(all.flatMap(pathsOf)));
        const joints: number[] = [];
        union.parents.forEach((parent, node) => {
          expect(parent).toBeLessThan(node);
          joints.push((joints[parent] ?? 0) + (union.logProbs[node] as number));
        });
        for (let node = 1; node < joints.length; node++) {
          expect(joints[node]).toBeLessThanOrEqual((joints[node - 1] as number) + 1e-9);
        }
      }),
    );
  });

  it("is as sure of a path as the surer tree", () => {
    const unsure = { tokens: [1, 2], parents: [ROOT, 0], logProbs: [-2, -1] };
    const sure = { tokens: [1, 3], parents: [ROOT, 0], logProbs: [-0.1, -0.2] };
    expect(unionTree([unsure, sure])).toEqual({ tokens: [1, 3, 2], parents: [ROOT, 0, 0], logProbs: [-0.1, -0.2, -1] });
  });
});
