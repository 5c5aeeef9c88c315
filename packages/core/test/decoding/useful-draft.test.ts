import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { usefulDraft } from "../../src/decoding/useful-draft.js";
import { type DraftTree, draftDepths, ROOT } from "../../src/index.js";

const drafts = fc.array(fc.nat(), { maxLength: 20 }).map(
  (parents): DraftTree => ({
    tokens: parents.map((_, node) => node),
    parents: parents.map((parent, node) => (parent % (node + 1)) - 1),
    logProbs: parents.map((_, node) => -node),
    // Any distribution, so that it tells its node.
    drawnFrom: new Map([ROOT, ...parents.keys()].map((node) => [node, Float64Array.of(node)])),
  }),
);

/** Path of tokens to each node, by its token, which no other node has; with what else is known of the node. */
function paths({ tokens, parents, logProbs, drawnFrom }: DraftTree): Map<number, string> {
  const path = (node: number): number[] =>
    node === ROOT ? [] : [...path(parents[node] as number), tokens[node] as number];
  return new Map(
    tokens.map((token, node) => [token, `${path(node).join()}: ${logProbs[node]}, ${drawnFrom?.get(node)}`]),
  );
}

describe("usefulDraft", () => {
  it("leaves out what is below a token that ends the text", () => {
    fc.assert(
      fc.property(drafts, fc.array(fc.nat(19)), (draft, tokens) => {
        const ends = new Set(tokens);
        // A node's token is its index.
        const over = (node: number): boolean => {
          const parent = draft.parents[node] as number;
          return parent !== ROOT && (ends.has(parent) || over(parent));
        };
        const before = [...paths(draft)].filter(([node]) => !over(node));
        expect([...paths(usefulDraft(draft, 20, ends))]).toEqual(before);
      }),
    );
  });

  it("keeps the nodes down to a level, each below the nodes it was below", () => {
    fc.assert(
      fc.property(drafts, fc.nat(5), (draft, depth) => {
        const depths = draftDepths(draft);
        const before = [...paths(draft)].filter(([node]) => (depths[node] as number) <= depth);
        const useful = usefulDraft(draft, depth, new Set());
        expect([...paths(useful)]).toEqual(before);
        expect(useful.drawnFrom?.get(ROOT)).toEqual(Float64Array.of(ROOT));
        expect(useful.drawnFrom?.size).toBe(useful.tokens.length + 1);
      }),
    );
  });
});
