import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMITTED } from "../contract/index.js";
import { rowDepths, rowVisibility } from "./row-visibility.js";

const forests = fc
  .array(fc.nat(), { maxLength: 24 })
  .map((numbers) => numbers.map((number, row) => ({ parent: (number % (row + 1)) + COMMITTED })));

/** The row itself and all above it, by walking. */
function walk(rows: readonly { parent: number }[], row: number): number[] {
  const parent = rows[row]?.parent ?? COMMITTED;
  return parent === COMMITTED ? [row] : [...walk(rows, parent), row];
}

describe("rows of a pass", () => {
  it("see their ancestors and themselves, and nothing else", () => {
    fc.assert(
      fc.property(forests, (rows) => {
        const sees = rowVisibility(rows);
        expect(sees).toHaveLength(rows.length ** 2);
        for (const row of rows.keys()) {
          const seen = [...rows.keys()].filter((other) => sees[row * rows.length + other] === 1);
          expect(seen).toEqual(walk(rows, row));
        }
      }),
    );
  });

  it("lie as deep as they have ancestors", () => {
    fc.assert(
      fc.property(forests, (rows) => {
        expect([...rowDepths(rows)]).toEqual(rows.map((_, row) => walk(rows, row).length - 1));
      }),
    );
  });

  it("see all before them in a chain, and only themselves in a star", () => {
    const chain = Array.from({ length: 4 }, (_, row) => ({ parent: row - 1 }));
    expect([...rowVisibility(chain)]).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1]);
    const star = chain.map(() => ({ parent: COMMITTED }));
    expect([...rowVisibility(star)]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });
});
