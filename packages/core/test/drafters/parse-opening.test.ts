import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnabranchError, InvalidFileError, type Opening, openingDraft, parseOpening } from "../../src/index.js";
import { openings } from "../support/openings.js";

const nested = (levels: number): string =>
  `{"token":1,"probability":1,"children":[`.repeat(levels) + "]}".repeat(levels);

/** Nothing but an opening that drafts, or the typed error that names the file. */
function parsesOrRefuses(value: unknown): void {
  let opening: Opening;
  try {
    opening = parseOpening(value, "opening.json");
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidFileError);
    expect(AnabranchError.isInstance(error, "INVALID_FILE") && error.subject).toBe("opening.json");
    return;
  }
  openingDraft(opening, [1, 2], { nodes: 8, topK: 2 });
}

describe("parseOpening", () => {
  it("gives back what was written as JSON", () => {
    fc.assert(
      fc.property(openings, (opening) => {
        expect(parseOpening(JSON.parse(JSON.stringify(opening)), "opening.json")).toEqual(opening);
      }),
    );
  });

  it("drops what it does not know", () => {
    const value = { version: 2, children: [{ token: 1, probability: 1, children: [], seen: 9 }] };
    expect(parseOpening(value, "opening.json")).toEqual({ children: [{ token: 1, probability: 1, children: [] }] });
  });

  it("gives the typed error or an opening for any JSON at all", () => {
    fc.assert(fc.property(fc.jsonValue(), parsesOrRefuses), { numRuns: 500 });
  });

  it("gives the typed error or an opening when any one value of an opening is another", () => {
    const damaged = fc.tuple(openings, fc.nat(), fc.jsonValue()).map(([opening, at, value]) => {
      let visited = 0;
      const text = JSON.stringify(opening, (_, held: unknown) => (visited++ === at % 12 ? value : held));
      return JSON.parse(text) as unknown;
    });
    fc.assert(fc.property(damaged, parsesOrRefuses), { numRuns: 500 });
  });

  const leaf = { probability: 0.5, children: [] };
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["no list of children", { children: {} }],
    ["a child that is null", { children: [null] }],
    ["neither token nor copy", { children: [leaf] }],
    ["both token and copy", { children: [{ token: 1, copy: 1, ...leaf }] }],
    ["a null token beside a copy", { children: [{ token: null, copy: 1, ...leaf }] }],
    ["a negative token", { children: [{ token: -1, ...leaf }] }],
    ["half a token", { children: [{ token: 1.5, ...leaf }] }],
    ["a token as text", { children: [{ token: "1", ...leaf }] }],
    ["a token too large to be exact", { children: [{ token: 2 ** 53, ...leaf }] }],
    ["probability 0", { children: [{ token: 1, probability: 0, children: [] }] }],
    ["a probability above 1", { children: [{ token: 1, probability: 1.01, children: [] }] }],
    ["a probability that is NaN", { children: [{ token: 1, probability: Number.NaN, children: [] }] }],
    ["a node without children", { children: [{ token: 1, probability: 1 }] }],
    ["a wrong node further down", { children: [{ token: 1, probability: 1, children: [{ token: 2 }] }] }],
  ])("refuses %s", (_, value) => {
    expect(() => parseOpening(value, "opening.json")).toThrow(
      expect.objectContaining({ code: "INVALID_FILE", subject: "opening.json" }),
    );
  });

  it("takes 256 levels, and refuses a file that nests deeper, however deep", () => {
    const read = (levels: number): unknown => JSON.parse(`{"children":[${nested(levels)}]}`);
    expect(openingDraft(parseOpening(read(256), "deep"), [], { nodes: 999, topK: 1 }).tokens).toHaveLength(256);
    for (const levels of [257, 10_000, 100_000]) {
      expect(() => parseOpening(read(levels), "deep")).toThrow(expect.objectContaining({ code: "INVALID_FILE" }));
    }
  });
});
