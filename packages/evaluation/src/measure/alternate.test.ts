import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alternate, type RunProgress, type Side } from "./alternate.js";

const giving = (tokens: number, milliseconds: number) => async () => ({ tokens, milliseconds });

describe("alternate", () => {
  it("turns the order every round and never runs two at once", async () => {
    const order: string[] = [];
    let running = 0;
    const side = (name: string) => async () => {
      expect(++running).toBe(1);
      order.push(name);
      await setTimeout(1);
      running--;
      return { tokens: 1, milliseconds: 1 };
    };
    await alternate({ sides: { plain: side("A"), streams: side("B") }, rounds: 4 });
    expect(order.join("")).toBe("ABBAABBA");
  });

  it("takes turns at every part, and times the round as a whole", async () => {
    const order: string[] = [];
    const side = (name: string, milliseconds: number): Side => {
      return async ({ part }) => {
        order.push(name + part);
        // The first part is over with its first token.
        return part === 0 ? { tokens: 0, milliseconds: 0 } : { tokens: part, milliseconds };
      };
    };
    const result = await alternate({ sides: { plain: side("A", 200), streams: side("B", 50) }, rounds: 2, parts: 3 });
    expect(order.join(" ")).toBe("A0 B0 B1 A1 A2 B2 B0 A0 A1 B1 B2 A2");
    expect(result.plain.rounds).toEqual([7.5, 7.5]);
    expect(result.streams.ratios).toEqual([4, 4]);
  });

  it("gives tokens a second of each round and the paired ratio's quartiles", async () => {
    const times = { plain: [100, 200, 400], streams: [50, 50, 100] };
    const result = await alternate({
      sides: {
        plain: async ({ round }) => ({ tokens: 10, milliseconds: times.plain[round]! }),
        streams: async ({ round }) => ({ tokens: 10, milliseconds: times.streams[round]! }),
      },
      rounds: 3,
    });
    expect(result.plain.rounds).toEqual([100, 50, 25]);
    expect(result.plain.tokensPerSecond).toMatchObject({ lowerQuartile: 37.5, median: 50, upperQuartile: 75 });
    expect(result.plain.ratios).toEqual([1, 1, 1]);
    expect(result.streams.ratios).toEqual([2, 4, 4]);
    expect(result.streams.ratio).toMatchObject({ lowerQuartile: 3, median: 4, upperQuartile: 4 });
  });

  it("gives the true ratio however much the machine drifts between rounds", async () => {
    const slowness = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(slowness, async (drift) => {
        const result = await alternate({
          sides: {
            plain: async ({ round }) => ({ tokens: 30, milliseconds: 3 * drift[round]! }),
            streams: async ({ round }) => ({ tokens: 30, milliseconds: drift[round]! }),
          },
          rounds: drift.length,
        });
        expect(result.streams.ratio.minimum).toBeCloseTo(3, 9);
        expect(result.streams.ratio.maximum).toBeCloseTo(3, 9);
      }),
    );
  });

  it("takes another baseline, and reports progress", async () => {
    const progress: RunProgress[] = [];
    const result = await alternate({
      sides: { a: giving(10, 1000), b: giving(20, 1000) },
      rounds: 2,
      baseline: "b",
      onProgress: (event) => progress.push(event),
    });
    expect(result.a.ratio.median).toBe(0.5);
    expect(progress.map(({ done, total, round, side }) => [done, total, round, side])).toEqual([
      [1, 4, 0, "a"],
      [2, 4, 0, "b"],
      [3, 4, 1, "b"],
      [4, 4, 1, "a"],
    ]);
    expect(progress[0]?.tokensPerSecond).toBe(10);
  });

  it("stops at the abort signal, between runs and within one", async () => {
    const controller = new AbortController();
    let runs = 0;
    const counting = async () => {
      if (++runs === 3) controller.abort(new Error("enough"));
      return { tokens: 1, milliseconds: 1 };
    };
    const sides = { a: counting, b: counting };
    await expect(alternate({ sides, rounds: 5, signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
    expect(runs).toBe(3);
    await expect(alternate({ sides, rounds: 5, signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
    expect(runs).toBe(3);
  });

  it("refuses a workload of nothing", async () => {
    const options = { sides: { a: giving(1, 1) }, rounds: 1, parts: 0 };
    await expect(alternate(options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "parts" });
  });

  it("passes on what a side throws", async () => {
    const broken = async () => {
      throw new RangeError("out of rows");
    };
    await expect(alternate({ sides: { broken }, rounds: 1 })).rejects.toThrow("out of rows");
  });

  it.each<[string, Record<string, Side>, number, string]>([
    ["no sides", {}, 1, "baseline"],
    ["no rounds", { a: giving(1, 1) }, 0, "rounds"],
    ["a run without time", { a: giving(1, 0) }, 1, "a"],
    ["a run without tokens", { a: giving(0, 1) }, 1, "a"],
    ["a run of NaN milliseconds", { a: giving(1, Number.NaN) }, 1, "a"],
  ])("refuses %s", async (_, sides, rounds, subject) => {
    await expect(alternate({ sides, rounds })).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject });
  });
});
