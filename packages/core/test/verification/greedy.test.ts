import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDraft, type DraftTree, EMPTY_DRAFT, ROOT, verifyGreedy } from "../../src/index.js";

/** Trees of any shape over few tokens, so that siblings share tokens and paths are accepted often; with random argmaxes. */
const cases = fc.array(fc.record({ token: fc.nat(2), parent: fc.nat() }), { maxLength: 24 }).chain((nodes) =>
  fc.record({
    draft: fc.constant<DraftTree>({
      tokens: nodes.map(({ token }) => token),
      parents: nodes.map(({ parent }, node) => (parent % (node + 1)) - 1),
      logProbs: nodes.map(() => -1),
    }),
    argmax: fc.array(fc.nat(2), { minLength: nodes.length + 1, maxLength: nodes.length + 1 }),
  }),
);

/** Accepted nodes below a node, by the definition: the first child that the main stream would have issued, then its own. */
function walk({ tokens, parents }: DraftTree, argmax: readonly number[], from: number): number[] {
  const issued = argmax[from + 1];
  const accepted = tokens.findIndex((token, node) => parents[node] === from && token === issued);
  return accepted === -1 ? [] : [accepted, ...walk({ tokens, parents, logProbs: [] }, argmax, accepted)];
}

describe("verifyGreedy", () => {
  it("walks as the definition says, on any tree", () => {
    let accepted = 0;
    fc.assert(
      fc.property(cases, ({ draft, argmax }) => {
        checkDraft(draft);
        const { path, bonus } = verifyGreedy(draft, argmax);
        const nodes = walk(draft, argmax, ROOT);
        expect(path).toEqual([0, ...nodes.map((node) => node + 1)]);
        expect(bonus).toBe(argmax[path.at(-1) as number]);
        accepted += nodes.length;
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it("gives the root and its argmax for an empty draft", () => {
    expect(verifyGreedy(EMPTY_DRAFT, [7])).toEqual({ path: [0], bonus: 7 });
  });

  it("takes the first of siblings with one token, and stays below it", () => {
    const draft = { tokens: [4, 4, 6, 5], parents: [ROOT, ROOT, 1, 0], logProbs: [0, 0, 0, 0] };
    expect(verifyGreedy(draft, [4, 5, 6, 1, 2])).toEqual({ path: [0, 1, 4], bonus: 2 });
  });

  it("never accepts a row that pruning dropped", () => {
    const draft = { tokens: [4, 5], parents: [ROOT, 0], logProbs: [0, 0] };
    expect(verifyGreedy(draft, [4, undefined, undefined])).toEqual({ path: [0], bonus: 4 });
    expect(verifyGreedy(draft, [4, 5, undefined])).toEqual({ path: [0, 1], bonus: 5 });
  });
});
