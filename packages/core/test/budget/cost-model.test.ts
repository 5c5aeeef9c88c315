import { describe, expect, it } from "vitest";
import {
  type CostModel,
  draftBudget,
  draftingCost,
  fasterTiming,
  isCostModel,
  Outlook,
  PlainFallback,
  parseFirstGuesses,
  passCost,
  plainStepCost,
  TrackRecord,
} from "../../src/index.js";
import { simulatedCosts } from "../support/simulated-text.js";

const costs: CostModel = {
  version: 1,
  contexts: [50, 150],
  rows: [1, 2, 4],
  plain: [
    [10, 12, 20],
    [20, 24, 40],
  ],
  deferred: [3, 5],
  draft: { deferred: 0.5 },
  rest: 1,
};

describe("a cost model", () => {
  it.each([
    [50, 1, 10],
    [50, 3, 16],
    [100, 2, 18],
    [100, 3, 24],
    [250, 1, 30],
    [3, 4, 20],
  ])("reads a pass behind %d tokens with %d rows between what was measured: %d ms", (context, rows, milliseconds) => {
    expect(passCost(costs, false, context, rows)).toBeCloseTo(milliseconds, 9);
  });

  it("says what drafts may cost where a text stands", () => {
    const budget = draftBudget(costs, { timing: "deferred", context: 100, nodes: 99, confidence: [0.5] });
    expect(budget).toEqual({ steps: [16, 19, 25, 31], drafting: 4.5, confidence: [0.5] });
    expect(draftBudget(costs, { timing: "deferred", context: 50, nodes: 1 }).steps).toEqual([11, 13]);
    expect(plainStepCost(costs, false, 50)).toBe(11);
    expect(draftingCost(costs, "deferred", 150)).toBe(5.5);
  });

  it("is JSON, and nothing else is one", () => {
    expect(isCostModel(JSON.parse(JSON.stringify(costs)))).toBe(true);
    expect(isCostModel(simulatedCosts(1, 2))).toBe(true);
    const damaged: unknown[] = [
      undefined,
      null,
      7,
      [],
      {},
      { ...costs, version: 2 },
      { ...costs, contexts: [150, 50] },
      { ...costs, rows: [2, 4, 5] },
      { ...costs, plain: undefined },
      { ...costs, plain: [[10, 12, 20]] },
      {
        ...costs,
        plain: [
          [10, Number.NaN, 20],
          [20, 24, 40],
        ],
      },
      { ...costs, deferred: [3] },
      { ...costs, draft: { deferred: -1 } },
      { ...costs, levels: [] },
      { ...costs, rest: "1" },
    ];
    for (const value of damaged) expect(isCostModel(value)).toBe(false);
  });
});

describe("fasterTiming", () => {
  it("defers streams where rows are dear, and runs them beside rows where those are free and another call is not", () => {
    expect(fasterTiming(simulatedCosts(1, 2), 31)).toBe("deferred");
    expect(fasterTiming(simulatedCosts(0, 8), 31)).toBe("parallel");
    expect(fasterTiming(simulatedCosts(0.5, 8), 31, 1)).toBe("parallel");
    expect(fasterTiming(simulatedCosts(0.5, 8), 31, 24)).toBe("deferred");
  });

  it("takes what was measured", () => {
    expect(fasterTiming(costs, 31)).toBe("deferred");
    const { plain: _, deferred: __, ...shared } = { ...simulatedCosts(9, 0) };
    expect(fasterTiming(shared, 31)).toBe("parallel");
  });
});

describe("TrackRecord", () => {
  const chain = (probability: number) => ({
    tokens: [1, 2],
    parents: [-1, 0],
    logProbs: [probability, probability].map(Math.log),
  });

  it("comes near to how often levels were reached, and knows nothing at first", () => {
    const record = new TrackRecord();
    expect([record.confidence, record.trust]).toEqual([[], 0]);
    for (let draft = 0; draft < 300; draft++) record.learn(chain(0.8), draft % 4 === 0 ? 2 : draft % 2);
    const [first, second] = record.confidence as [number, number];
    // Promised 0.8 and 0.64; came true 0.75 and 0.25.
    expect(first).toBeCloseTo(0.75 / 0.8, 1);
    expect(second).toBeGreaterThan(0.25 / 0.64);
    expect(second).toBeLessThan(0.5);
    expect(record.trust).toBeGreaterThan(0.9);
  });

  it("knows what a plain step's time was worth lately, and that it is worth one token", () => {
    const record = new TrackRecord();
    expect(record.rate).toBe(1);
    for (let step = 0; step < 300; step++) record.learnStep(3, 2);
    expect(record.rate).toBeCloseTo(1.5, 2);
    for (let step = 0; step < 900; step++) record.learnStep(1, 1.2);
    expect(record.rate).toBe(1);
  });
});

describe("Outlook", () => {
  const guesses = { usual: 0.5, tokens: [1, 2, 3], right: [0.9, 0.5, 0.1] };
  const budget = { steps: [10, 12, 13, 14, 15], drafting: 3, levels: [1, 1] };

  it("expects at first what the cost model does: more after tokens that streams guess well after", () => {
    const outlook = new Outlook(guesses);
    const [well, half, badly] = [1, 2, 3].map((token) => outlook.worthAfter(token, budget, 10)) as [
      number,
      number,
      number,
    ];
    expect(well).toBeGreaterThan(half);
    expect(half).toBeGreaterThan(badly);
    expect([well > 0, badly < 0]).toEqual([true, true]);
    expect(outlook.worthAfter(99, budget, 10)).toBe(half);
    const dear = { ...budget, drafting: 30 };
    expect(outlook.worthAfter(1, dear, 10)).toBeLessThan(0);
    expect(outlook.worthAfter(1, { ...budget, rate: 0.2 }, 10)).toBeLessThan(well);
  });

  it("expects more where a right first guess is followed by right ones", () => {
    const worth = (further?: number[]): number =>
      new Outlook({ ...guesses, ...(further && { further }) }).worthAfter(1, budget, 10);
    expect(worth([0.9, 0.9, 0.9])).toBeGreaterThan(worth() + 0.3);
    expect(worth([0.1, 0.1, 0.1])).toBe(worth());
  });

  it("is sure of what was counted alone", () => {
    expect([1, 99].map((token) => new Outlook(guesses).sureAfter(token))).toEqual([0.9, 0.5]);
    expect(new Outlook().sureAfter(1)).toBe(0);
  });

  it("learns what drafts win, and comes back to what it expected while there are none", () => {
    const outlook = new Outlook(guesses);
    const before = outlook.worthAfter(1, budget, 10);
    for (let draft = 0; draft < 200; draft++) outlook.learn(1, -0.4);
    expect(outlook.worthAfter(1, budget, 10)).toBeLessThan(0);
    expect(outlook.mayRun(-0.1)).toBe(false);
    for (let step = 0; step < 40; step++) outlook.rest();
    expect(outlook.mayRun(-0.1)).toBe(true);
    for (let step = 0; step < 6000; step++) outlook.rest();
    expect(outlook.worthAfter(1, budget, 10)).toBeCloseTo(before, 1);
  });
});

describe("parseFirstGuesses", () => {
  it("takes what JSON made of them, and nothing else", () => {
    const guesses = { usual: 0.5, tokens: [1, 7], right: [0, 1] };
    for (const good of [guesses, { ...guesses, further: [0.5, 1] }]) {
      expect(parseFirstGuesses(JSON.parse(JSON.stringify(good)), "file")).toEqual(good);
    }
    const damaged = [undefined, null, 3, [], {}, { ...guesses, usual: 2 }, { ...guesses, right: [0.5] }];
    const wrongLists = [{ tokens: [1, -7] }, { right: [0.5, "1"] }, { further: [2] }, { further: 0.5 }];
    for (const value of [...damaged, ...wrongLists.map((list) => ({ ...guesses, ...list }))]) {
      expect(() => parseFirstGuesses(value, "file")).toThrow(/^file: first guesses/);
    }
  });
});

describe("PlainFallback", () => {
  it("never lets a text lose more than its credit and its slack", () => {
    const fallback = new PlainFallback({ credit: 2, slack: 0.01 });
    let [lost, tokens] = [0, 0];
    for (; tokens < 2000; tokens++) {
      const cost = 1.4;
      if (fallback.allowance >= cost - 1) {
        fallback.draftedStep(1, cost);
        lost += cost - 1;
      } else fallback.plainStep();
    }
    expect(lost).toBeGreaterThan(1);
    expect(lost).toBeLessThanOrEqual(2 + 0.01 * tokens);
  });

  it("rests longer and longer between tries that fail", () => {
    const fallback = new PlainFallback({ credit: 1000, slack: 1 });
    const rests: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      fallback.draftedStep(1, 1.5);
      let rest = 0;
      for (; fallback.allowance === 0; rest++) fallback.plainStep();
      rests.push(rest);
    }
    const pauses = rests.filter((rest) => rest > 0);
    expect(pauses.slice(0, 5)).toEqual([4, 8, 16, 32, 64]);
    expect(Math.max(...pauses)).toBe(64);
    fallback.draftedStep(4, 2);
    expect(fallback.allowance).toBeGreaterThan(0);
  });
});
