import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summarize } from "./summary.js";

describe("summarize", () => {
  it("gives the textbook numbers", () => {
    expect(summarize([7])).toEqual({
      count: 1,
      minimum: 7,
      lowerQuartile: 7,
      median: 7,
      upperQuartile: 7,
      maximum: 7,
    });
    expect(summarize([4, 1, 3, 2])).toMatchObject({ lowerQuartile: 1.75, median: 2.5, upperQuartile: 3.25 });
    expect(summarize([9, 1, 5, 3, 7])).toMatchObject({ lowerQuartile: 3, median: 5, upperQuartile: 7 });
  });

  it("orders its numbers, ignores the order of the sample and leaves it alone", () => {
    const sample = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sample, (values) => {
        const before = [...values];
        const s = summarize(values);
        expect(values).toEqual(before);
        const ordered = [s.minimum, s.lowerQuartile, s.median, s.upperQuartile, s.maximum];
        expect(ordered).toEqual([...ordered].sort((a, b) => a - b));
        expect(summarize([...values].reverse())).toEqual(s);
        const below = values.filter((value) => value < s.median).length;
        const above = values.filter((value) => value > s.median).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it("refuses an empty or a not finite sample", () => {
    expect(() => summarize([])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(() => summarize([1, Number.NaN])).toThrow(expect.objectContaining({ code: "NOT_FINITE" }));
    expect(() => summarize([Infinity])).toThrow(expect.objectContaining({ code: "NOT_FINITE" }));
  });
});
