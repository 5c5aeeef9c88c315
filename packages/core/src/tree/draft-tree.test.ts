import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMITTED, type DraftTree, ROOT } from "../contract/index.js";
import { chainDraft, checkDraft, draftDepths, EMPTY_DRAFT, flattenDraft } from "./draft-tree.js";
import { rowDepths } from "./row-visibility.js";

const drafts: fc.Arbitrary<DraftTree> = fc
  .array(fc.record({ token: fc.nat(99), parent: fc.nat(), logProb: fc.double({ min: -9, max: 0, noNaN: true }) }), {
    maxLength: 20,
  })
  .map((nodes) => ({
    tokens: nodes.map(({ token }) => token),
    parents: nodes.map(({ parent }, node) => (parent % (node + 1)) + ROOT),
    logProbs: nodes.map(({ logProb }) => logProb),
  }));

describe("a draft tree", () => {
  it("becomes the rows of a verify pass: the root, then the nodes, each below its parent", () => {
    fc.assert(
      fc.property(drafts, fc.nat(99), fc.boolean(), (draft, root, streams) => {
        const read = { argmax: true };
        const rows = flattenDraft(root, draft, streams, read);
        expect(rows[0]).toEqual({ token: root, parent: COMMITTED, streams, read });
        expect(rows.slice(1).map(({ token }) => token)).toEqual(draft.tokens);
        expect(rows.every((row) => row.streams === streams && row.read === read)).toBe(true);
        const ancestors = (row: number): number[] =>
          row === COMMITTED ? [] : [...ancestors(rows[row]?.parent as number), rows[row]?.token as number];
        const branch = (node: number): number[] =>
          node === ROOT ? [root] : [...branch(draft.parents[node] as number), draft.tokens[node] as number];
        for (const node of draft.tokens.keys()) expect(ancestors(node + 1)).toEqual(branch(node));
        expect([...rowDepths(rows)]).toEqual([0, ...draftDepths(draft)]);
      }),
    );
  });

  it("passes its check exactly when parents precede their nodes and the lists are equally long", () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        expect(() => checkDraft(draft)).not.toThrow();
      }),
    );
    const wrong = expect.objectContaining({ code: "INVALID_ARGUMENT" });
    const checking = fc.property(drafts, fc.nat(), fc.constantFrom(0, 1, 0.5, -9), (draft, at, off) => {
      const { tokens, parents, logProbs } = draft;
      if (tokens.length === 0) return;
      const node = at % tokens.length;
      // The node itself, one after it, none at all.
      const later = parents.with(node, off === -9 ? ROOT - 1 : node + off);
      expect(() => checkDraft({ ...draft, parents: later })).toThrow(wrong);
      expect(() => checkDraft({ ...draft, logProbs: logProbs.slice(1) })).toThrow(wrong);
      expect(() => checkDraft({ ...draft, parents: parents.slice(1) })).toThrow(wrong);
    });
    fc.assert(checking);
  });

  it("can be a chain, one node a level, or empty", () => {
    const chain = chainDraft([5, 6, 7], [-1, -2, -3]);
    expect(chain.parents).toEqual([ROOT, 0, 1]);
    expect([...draftDepths(chain)]).toEqual([1, 2, 3]);
    expect(flattenDraft(4, EMPTY_DRAFT, false, {})).toHaveLength(1);
  });
});
