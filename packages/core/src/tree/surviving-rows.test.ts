import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMITTED } from "../contract/index.js";
import { survivingRows } from "./surviving-rows.js";

interface Row {
  readonly parent: number;
  /** undefined: not known. */
  readonly probability: number | undefined;
}

const forests: fc.Arbitrary<Row[]> = fc
  .array(fc.tuple(fc.nat(), fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined })), {
    maxLength: 24,
  })
  .map((rows) => rows.map(([number, probability], row) => ({ parent: (number % (row + 1)) + COMMITTED, probability })));

/** The row and all above it that follow another row. */
function edges(rows: readonly Row[], row: number): Row[] {
  const { parent } = rows[row] as Row;
  return parent === COMMITTED ? [] : [...edges(rows, parent), rows[row] as Row];
}

const logProb =
  (rows: readonly Row[]) =>
  (row: number): number | undefined => {
    const probability = rows[row]?.probability;
    return probability === undefined ? undefined : Math.log(probability);
  };

describe("pruning", () => {
  it("leaves a row where no step of its path is less probable than the threshold", () => {
    fc.assert(
      fc.property(forests, fc.double({ min: 0, max: 1, noNaN: true }), (rows, threshold) => {
        const expected = rows.map((_, row) =>
          edges(rows, row).every(({ probability = 1 }) => !(Math.log(probability) < Math.log(threshold))),
        );
        expect(survivingRows(rows, threshold, logProb(rows))).toEqual(expected);
      }),
    );
  });

  it("drops nothing at 0, and all that is not certain at 1", () => {
    fc.assert(
      fc.property(forests, (rows) => {
        expect(survivingRows(rows, 0, logProb(rows))).toEqual(rows.map(() => true));
        const certain = rows.map((_, row) => edges(rows, row).every(({ probability = 1 }) => probability === 1));
        expect(survivingRows(rows, 1, logProb(rows))).toEqual(certain);
      }),
    );
  });
});
