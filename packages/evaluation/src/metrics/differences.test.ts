import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDifferences, isNearTie } from "./differences.js";

const ids = fc.array(fc.nat(9), { maxLength: 12 });

describe("findDifferences", () => {
  it("reports the first difference of each sequence, with the gap there", () => {
    const plain = [[1, 2, 3], [4, 5], Int32Array.of(6, 7)];
    const other = [[1, 9, 8], [4, 5], [6]];
    const gaps = [
      [5, 0.0004, 2],
      [1, 1],
      [1, 3],
    ];
    const found = findDifferences(plain, other, gaps);
    expect(found).toEqual([
      { sequence: 0, position: 1, plain: 2, other: 9, gap: 0.0004 },
      { sequence: 2, position: 1, plain: 7, other: undefined, gap: 3 },
    ]);
    expect(found.map((difference) => isNearTie(difference))).toEqual([true, false]);
  });

  it("finds none between equal sets, and an unknown gap is no near-tie", () => {
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 5 }), (set) => {
        expect(
          findDifferences(
            set,
            set.map((sequence) => Int32Array.from(sequence)),
          ),
        ).toEqual([]);
      }),
    );
    const [difference] = findDifferences([[1]], [[2]]);
    expect(difference?.gap).toBeUndefined();
    expect(isNearTie(difference!)).toBe(false);
  });

  it("agrees up to the position, whichever of the two is plain", () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const [difference] = findDifferences([a], [b]);
        const [mirrored] = findDifferences([b], [a]);
        expect(mirrored?.position).toBe(difference?.position);
        expect(a.slice(0, difference?.position)).toEqual(b.slice(0, difference?.position));
      }),
    );
  });

  it("refuses sets of different sizes", () => {
    expect(() => findDifferences([[1]], [])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});
