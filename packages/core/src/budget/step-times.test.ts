import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StepTimes } from "./step-times.js";

const factors = fc.record({
  pace: fc.double({ min: 0.6, max: 1.6, noNaN: true }),
  beyond: fc.double({ min: 0.7, max: 1.6, noNaN: true }),
  /** Of a plain step's time, what the drafts of a text cost beyond it. */
  share: fc.double({ min: 0.2, max: 2, noNaN: true }),
});

describe("StepTimes", () => {
  it("believes the cost model at first", () => {
    const times = new StepTimes();
    expect([times.pace, times.beyond]).toEqual([1, 1]);
  });

  it("tells a machine that is slow as a whole from one on which further rows are dear", () => {
    fc.assert(
      fc.property(factors, ({ pace, beyond, share }) => {
        const times = new StepTimes();
        for (let step = 0; step < 200; step++) {
          times.learn({ plain: 10, beyond: 0 }, 10 * pace);
          times.learn({ plain: 10, beyond: 10 * share }, 10 * pace + 10 * share * beyond);
        }
        expect(times.pace).toBeCloseTo(pace, 0);
        // What is predicted of a drafted step, and a little of it is believed to be the machine's.
        const predicted = times.pace + share * times.beyond;
        expect(predicted / (pace + share * beyond)).toBeGreaterThan(0.93);
        expect(predicted / (pace + share * beyond)).toBeLessThan(1.07);
      }),
    );
  });

  it("takes no single step for more than it is", () => {
    const times = new StepTimes();
    for (let step = 0; step < 50; step++) times.learn({ plain: 10, beyond: 5 }, 15);
    times.learn({ plain: 10, beyond: 5 }, 5000);
    expect(times.beyond).toBeLessThan(1.4);
    times.learn({ plain: 10, beyond: 0 }, 0);
    expect(times.pace).toBeGreaterThan(0.94);
  });
});
