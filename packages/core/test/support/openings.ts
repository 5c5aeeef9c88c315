import fc from "fast-check";
import type { Opening, OpeningNode } from "../../src/index.js";

/** Openings of any shape: siblings in any order, copies that meet tokens, places that a prompt may not have. */
export const openings: fc.Arbitrary<Opening> = fc.letrec<{ opening: Opening; node: OpeningNode }>((tie) => ({
  opening: fc.record({ children: fc.array(tie("node"), { maxLength: 4, depthIdentifier: "opening" }) }),
  node: fc
    .record({
      isCopy: fc.boolean(),
      place: fc.nat(5),
      percent: fc.integer({ min: 1, max: 100 }),
      below: fc.oneof({ depthIdentifier: "opening", maxDepth: 4 }, fc.constant({ children: [] }), tie("opening")),
    })
    .map(({ isCopy, place, percent, below }) => {
      const source = isCopy ? { copy: place } : { token: place };
      return { ...source, probability: percent / 100, children: below.children };
    }),
})).opening;
