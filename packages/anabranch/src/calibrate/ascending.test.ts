import fc from "fast-check";
import { expect, it } from "vitest";
import { ascending } from "./ascending.js";

const times = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 20 });
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

it("never falls, keeps the sum, and leaves what never falls as it is", () => {
  fc.assert(
    fc.property(times, (values) => {
      const found = ascending(values);
      found.forEach((value, index) => {
        if (index > 0) expect(value).toBeGreaterThanOrEqual((found[index - 1] as number) - 1e-9);
      });
      expect(sum(found)).toBeCloseTo(sum(values), 6);
      const sorted = [...values].sort((a, b) => a - b);
      ascending(sorted).forEach((value, index) => void expect(value).toBeCloseTo(sorted[index] as number, 9));
    }),
  );
});

it("shares what chance has turned round", () => {
  expect(ascending([1, 4, 2, 3, 10])).toEqual([1, 3, 3, 3, 10]);
});
