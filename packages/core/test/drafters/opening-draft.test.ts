import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chainDraft,
  checkDraft,
  type DraftContext,
  type Drafter,
  type DraftTree,
  draftDepths,
  type Opening,
  type OpeningNode,
  openingDraft,
  plainDrafter,
  ROOT,
  withOpening,
} from "../../src/index.js";
import { openings } from "../support/openings.js";

const prompts = fc.array(fc.nat(5), { maxLength: 6 });
const limits = fc.record(
  { nodes: fc.nat(12), topK: fc.integer({ min: 1, max: 3 }), depth: fc.nat(4) },
  { requiredKeys: ["nodes", "topK"] },
);

/** Joint log-probability of each node. */
function joints({ parents, logProbs }: DraftTree): number[] {
  const joint: number[] = [];
  parents.forEach((parent, node) => {
    joint.push((parent === ROOT ? 0 : (joint[parent] as number)) + (logProbs[node] as number));
  });
  return joint;
}

const childrenOf = ({ parents }: DraftTree, of: number): number[] =>
  parents.flatMap((parent, node) => (parent === of ? [node] : []));

/** The opening's node that a path of tokens leads to: of siblings with one token, the most probable. */
function follow(opening: Opening, prompt: readonly number[], path: readonly number[]): Opening | undefined {
  let at: Opening | undefined = opening;
  for (const token of path) {
    const fits: OpeningNode[] = (at?.children ?? []).filter(
      (node) => (node.token ?? prompt[node.copy ?? -1]) === token,
    );
    at = fits.sort((a, b) => b.probability - a.probability)[0];
  }
  return at;
}

describe("openingDraft", () => {
  it("obeys its limit, holds paths of the opening only, best first, without siblings that are alike", () => {
    fc.assert(
      fc.property(openings, prompts, limits, (opening, prompt, limit) => {
        const draft = openingDraft(opening, prompt, limit);
        checkDraft(draft);
        expect(draft.tokens.length).toBeLessThanOrEqual(limit.nodes);
        const depths = [...draftDepths(draft)];
        expect(Math.max(0, ...depths)).toBeLessThanOrEqual(limit.depth ?? Number.POSITIVE_INFINITY);
        const joint = joints(draft);
        for (let node = 1; node < joint.length; node++) {
          expect(joint[node]).toBeLessThanOrEqual((joint[node - 1] as number) + 1e-9);
        }
        for (const parent of [ROOT, ...draft.tokens.keys()]) {
          const siblings = childrenOf(draft, parent);
          expect(siblings.length).toBeLessThanOrEqual(limit.topK);
          expect(new Set(siblings.map((node) => draft.tokens[node])).size).toBe(siblings.length);
        }
        draft.tokens.forEach((_, node) => {
          const path: number[] = [];
          for (let at = node; at !== ROOT; at = draft.parents[at] as number) path.unshift(draft.tokens[at] as number);
          const found = follow(opening, prompt, path) as OpeningNode;
          expect(draft.logProbs[node]).toBe(Math.log(found.probability));
        });
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the most probable nodes: a larger limit only adds nodes", () => {
    fc.assert(
      fc.property(openings, prompts, fc.nat(10), (opening, prompt, nodes) => {
        const large = openingDraft(opening, prompt, { nodes: 12, topK: 2 });
        const small = openingDraft(opening, prompt, { nodes, topK: 2 });
        expect(small.tokens).toEqual(large.tokens.slice(0, nodes));
        expect(small.parents).toEqual(large.parents.slice(0, nodes));
      }),
    );
  });

  it("takes in all of an opening when nothing limits it", () => {
    const leaf = { probability: 0.5, children: [] };
    const opening = {
      children: [
        { token: 4, ...leaf },
        { copy: 1, probability: 0.4, children: [{ token: 9, ...leaf }] },
      ],
    };
    expect(openingDraft(opening, [7, 8], { nodes: 9, topK: 9 })).toEqual({
      tokens: [4, 8, 9],
      parents: [ROOT, ROOT, 1],
      logProbs: [Math.log(0.5), Math.log(0.4), Math.log(0.5)],
    });
  });

  it("leaves out copies of places that the prompt does not have, and siblings that come out alike", () => {
    const leaf = { children: [] };
    const children = [
      { copy: 5, probability: 0.4, ...leaf },
      { copy: 0, probability: 0.3, ...leaf },
      { token: 7, probability: 0.2, ...leaf },
    ];
    expect(openingDraft({ children }, [7], { nodes: 9, topK: 9 })).toEqual(chainDraft([7], [Math.log(0.3)]));
  });

  it("sorts siblings that a foreign file lists in another order", () => {
    const leaf = { children: [] };
    const children = [1, 3, 2].map((token) => ({ token, probability: token / 10, ...leaf }));
    expect(openingDraft({ children }, [], { nodes: 2, topK: 2 }).tokens).toEqual([3, 2]);
  });
});

describe("withOpening", () => {
  const opening: Opening = { children: [{ copy: 0, probability: 1, children: [] }] };

  it("opens with the opening's draft and goes on as the drafter does, a class's too", async () => {
    class Chain implements Drafter {
      readonly name = "chain";
      readonly streamsInPass = true;
      readonly read = { topLogProbs: 2 };
      readonly #next = chainDraft([1, 2]);
      async draft() {
        return this.#next;
      }
    }
    const drafter = withOpening(new Chain(), opening, { nodes: 3, topK: 1 });
    expect(drafter).toMatchObject({ name: "chain+opening", streamsInPass: true, read: { topLogProbs: 2 } });
    expect(drafter.open?.([6, 5]).tokens).toEqual([6]);
    expect((await drafter.draft({} as DraftContext)).tokens).toEqual([1, 2]);
  });

  it("asks for no reads where the drafter asks for none", () => {
    expect("read" in withOpening(plainDrafter, opening, { nodes: 1, topK: 1 })).toBe(false);
  });
});
