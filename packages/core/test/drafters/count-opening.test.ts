import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countOpening, type Opening, openingDraft, parseOpening } from "../../src/index.js";

const options = { depth: 4, minimumCount: 2, copyWithin: 3 };
const texts = fc.array(
  fc.record({ prompt: fc.array(fc.nat(4), { maxLength: 4 }), completion: fc.array(fc.nat(4), { maxLength: 5 }) }),
  { maxLength: 20 },
);

/** Each node of an opening, with the number of siblings' shares it belongs to. */
function checkNodes({ children }: Opening, depth: number): void {
  expect(depth).toBeLessThanOrEqual(options.depth);
  const shares = children.map(({ probability }) => probability);
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-12);
  for (const child of children) checkNodes(child, depth + 1);
}

describe("countOpening", () => {
  it("finds a name that texts copy from the prompt, also for a name never seen", () => {
    // Prompt: BOS, a name, something else. Text: "The" (1) or the name itself, then the name, then "is" (2).
    const counted = countOpening(
      Array.from({ length: 12 }, (_, name) => ({
        prompt: [0, 50 + name, 9],
        completion: name % 3 === 0 ? [1, 50 + name, 2] : [50 + name, 2],
      })),
      options,
    );
    expect(counted.children).toMatchObject([
      { copy: 1, probability: 8 / 12, children: [{ token: 2, probability: 1, children: [] }] },
      { token: 1, probability: 4 / 12, children: [{ copy: 1, probability: 1, children: [{ token: 2 }] }] },
    ]);
    expect(openingDraft(counted, [0, 999, 9], { nodes: 5, topK: 2 }).tokens).toEqual([999, 2, 1, 999, 2]);
  });

  it("counts tokens that stand in no prompt", () => {
    const counted = countOpening(
      [5, 5, 5, 6, 6, 7].map((token) => ({ prompt: [0], completion: [token] })),
      options,
    );
    expect(counted.children).toEqual([
      { token: 5, probability: 3 / 6, children: [] },
      { token: 6, probability: 2 / 6, children: [] },
    ]);
  });

  it("prefers a copy where it explains as many texts as a token does, in whatever order they come", () => {
    const byToken = [1, 2].map((place) => ({ prompt: [0, 0, place], completion: [5] }));
    const byCopy = [7, 8].map((name) => ({ prompt: [0, name, 0], completion: [name] }));
    for (const order of [
      [...byToken, ...byCopy],
      [...byCopy, ...byToken],
    ]) {
      expect(countOpening(order, options).children).toMatchObject([{ copy: 1 }, { token: 5 }]);
    }
  });

  it("copies from the first places of the prompt only", () => {
    const copied = [5, 6, 7].map((name) => ({ prompt: [0, 1, 2, name], completion: [name] }));
    expect(countOpening(copied, options).children).toEqual([]);
    expect(countOpening(copied, { ...options, copyWithin: 4 }).children).toMatchObject([{ copy: 3 }]);
  });

  it("a text that has ended goes on with nothing: shares are of all texts that reach the parent", () => {
    const counted = countOpening(
      [[5, 6], [5, 6], [5], []].map((completion) => ({ prompt: [], completion })),
      options,
    );
    expect(counted.children).toMatchObject([
      { token: 5, probability: 3 / 4, children: [{ token: 6, probability: 2 / 3 }] },
    ]);
  });

  it("gives openings with shares that add up to 1 at most, best first, that survive JSON", () => {
    fc.assert(
      fc.property(texts, (given) => {
        const counted = countOpening(given, options);
        checkNodes(counted, 0);
        expect(parseOpening(JSON.parse(JSON.stringify(counted)), "counted")).toEqual(counted);
      }),
    );
  });

  it("explains a whole corpus when nothing is left out: its draft holds every text's beginning", () => {
    fc.assert(
      fc.property(texts, (given) => {
        const counted = countOpening(given, { depth: 5, minimumCount: 1, copyWithin: 3 });
        for (const { prompt, completion } of given) {
          const { tokens, parents } = openingDraft(counted, prompt, { nodes: 10_000, topK: 100 });
          const first = completion[0];
          if (first !== undefined)
            expect(tokens.some((token, node) => token === first && parents[node] === -1)).toBe(true);
        }
      }),
    );
  });

  it.each([
    ["depth", { ...options, depth: 257 }],
    ["depth", { ...options, depth: -1 }],
    ["minimumCount", { ...options, minimumCount: 0 }],
    ["minimumCount", { ...options, minimumCount: Number.NaN }],
  ])("refuses a senseless %s", (subject, wrong) => {
    expect(() => countOpening([], wrong)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", subject }));
  });
});
