import { describe, expect, it } from "vitest";
import { rateAt } from "./schedule.js";

describe("rateAt", () => {
  it("rises to 1 over the warm-up and falls to nothing after the last step", () => {
    const rates = Array.from({ length: 12 }, (_, step) => rateAt(step, 12, 4));
    expect(rates.slice(0, 5)).toEqual([0.25, 0.5, 0.75, 1, 1]);
    for (let step = 4; step < 11; step++) {
      expect((rates[step] as number) - (rates[step + 1] as number)).toBeCloseTo(1 / 8);
    }
    expect(rateAt(12, 12, 4)).toBe(0);
  });

  it("begins at the peak without a warm-up", () => {
    expect(rateAt(0, 10, 0)).toBe(1);
  });
});
