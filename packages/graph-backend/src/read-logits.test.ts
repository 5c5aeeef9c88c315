import { AnabranchError } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argmaxOf, biased, logSumExp, topTokens } from "./read-logits.js";

const logits = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 200 });

describe("reading logits", () => {
  it("orders tokens by logit, equal ones by id, for few and for many", () => {
    fc.assert(
      fc.property(logits, fc.nat(), fc.nat(3), (row, wanted, offset) => {
        const k = 1 + (wanted % row.length);
        const data = Float32Array.from([...Array(offset).fill(9), ...row]);
        const order = row.map((_, token) => token).sort((a, b) => (row[b] as number) - (row[a] as number) || a - b);
        expect([...topTokens(data, offset, row.length, k)]).toEqual(order.slice(0, k));
        expect(argmaxOf(data, offset, row.length, 0)).toBe(order[0]);
      }),
    );
  });

  it("sums probabilities to 1", () => {
    fc.assert(
      fc.property(logits, (row) => {
        const data = Float32Array.from(row);
        const logSum = logSumExp(data, 0, row.length, Math.max(...row));
        expect(row.reduce((sum, logit) => sum + Math.exp(logit - logSum), 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it.each([
    ["NaN", [1, Number.NaN, 2]],
    ["NaN after the best", [3, 1, Number.NaN]],
    ["infinity", [1, Number.POSITIVE_INFINITY]],
    ["minus infinity alone", [Number.NEGATIVE_INFINITY]],
  ])("names the row whose logits hold %s", (_, row) => {
    try {
      argmaxOf(Float32Array.from(row), 0, row.length, 7);
      expect.unreachable();
    } catch (error) {
      expect(AnabranchError.isInstance(error, "NOT_FINITE") && error.subject).toBe("rows[7]");
    }
  });

  it.each([
    ["forbids every token", [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ["holds NaN", [0, Number.NaN]],
    ["forces a token", [0, Number.POSITIVE_INFINITY]],
  ])("refuses a bias that %s", (_, bias) => {
    try {
      biased(Float32Array.of(1, 2), 0, Float32Array.from(bias), 3);
      expect.unreachable();
    } catch (error) {
      expect(AnabranchError.isInstance(error, "INVALID_ARGUMENT") && error.subject).toBe("rows[3].read.vocabularyBias");
    }
  });
});
