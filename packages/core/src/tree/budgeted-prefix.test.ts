import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DraftBudget, DraftTree } from "../contract/draft.js";
import { bestFirstTree } from "./best-first-tree.js";
import { bestPrefix, cutToBudget } from "./budgeted-prefix.js";
import { draftDepths } from "./draft-tree.js";
import { GrowingTree } from "./growing-tree.js";
import type { RankedTokens } from "./transitions.js";

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const gains = fc.array(probability, { maxLength: 12 }).map((list) => list.sort((a, b) => b - a));
const cost = fc.double({ min: 0.1, max: 10, noNaN: true });

/** What each further row costs. */
const budgets = fc.record({
  first: cost,
  rows: fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { maxLength: 14 }),
  drafting: cost,
});

function budgetOf({
  first,
  rows,
  drafting,
}: {
  first: number;
  rows: readonly number[];
  drafting: number;
}): DraftBudget {
  const steps = [first];
  for (const row of rows) steps.push((steps.at(-1) as number) + row);
  return { steps, drafting };
}

const rateOf = (nodes: number, all: readonly number[], { steps, drafting }: DraftBudget): number =>
  all.slice(0, nodes).reduce((sum, gain) => sum + gain, 1) / (drafting + (steps[nodes] as number));

describe("bestPrefix", () => {
  it("is the prefix of most expected tokens a millisecond, of all prefixes that have a cost", () => {
    fc.assert(
      fc.property(gains, budgets, (all, costs) => {
        const budget = budgetOf(costs);
        const best = bestPrefix(all, budget);
        const most = Math.min(all.length, budget.steps.length - 1);
        expect(best.nodes).toBeLessThanOrEqual(most);
        expect(best.tokens / best.milliseconds).toBeCloseTo(rateOf(best.nodes, all, budget), 9);
        for (let nodes = 0; nodes <= most; nodes++) {
          expect(rateOf(nodes, all, budget)).toBeLessThanOrEqual((best.tokens / best.milliseconds) * (1 + 1e-9));
        }
      }),
    );
  });

  it("is the prefix that gains most over a rate, where there is one: longer the less its time is worth", () => {
    const rates = fc.tuple(fc.double({ min: 0.01, max: 2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(gains, budgets, rates, (all, costs, [rate, less]) => {
        const budget = budgetOf(costs);
        const best = bestPrefix(all, { ...budget, rate });
        for (let nodes = 0; nodes <= Math.min(all.length, budget.steps.length - 1); nodes++) {
          const tokens = all.slice(0, nodes).reduce((sum, gain) => sum + gain, 1);
          const gained = tokens - rate * (budget.drafting + (budget.steps[nodes] as number));
          expect(gained).toBeLessThanOrEqual(best.tokens - rate * best.milliseconds + 1e-9);
        }
        expect(bestPrefix(all, { ...budget, rate: less * rate }).nodes).toBeGreaterThanOrEqual(best.nodes);
        // At its own rate it is what a step alone would take.
        const alone = bestPrefix(all, budget);
        const own = alone.tokens / alone.milliseconds;
        expect(bestPrefix(all, { ...budget, rate: own * (1 - 1e-9) }).tokens).toBeGreaterThanOrEqual(
          alone.tokens - 1e-6,
        );
      }),
    );
  });

  it("is no shorter where rows are cheaper", () => {
    fc.assert(
      fc.property(
        gains,
        budgets,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, { first, rows, drafting }, cheaper) => {
          const dear = bestPrefix(all, budgetOf({ first, rows, drafting }));
          const cheap = bestPrefix(all, budgetOf({ first, rows: rows.map((row) => cheaper * row), drafting }));
          const rate = ({ tokens, milliseconds }: typeof cheap): number => tokens / milliseconds;
          // Rounding may call two equal prefixes unequal.
          if (cheap.nodes < dear.nodes)
            expect(
              rateOf(dear.nodes, all, budgetOf({ first, rows: rows.map((row) => cheaper * row), drafting })),
            ).toBeCloseTo(rate(cheap), 9);
        },
      ),
    );
  });

  it("is nothing where drafts are never right, and all where rows are free", () => {
    fc.assert(
      fc.property(gains, budgets, (all, costs) => {
        const budget = budgetOf({ ...costs, rows: costs.rows.map((row) => row + 1e-6) });
        expect(
          bestPrefix(
            all.map(() => 0),
            budget,
          ).nodes,
        ).toBe(0);
        const right = all.map(() => 0.5);
        expect(bestPrefix(right, budgetOf({ ...costs, rows: costs.rows.map(() => 0) })).nodes).toBe(
          Math.min(all.length, costs.rows.length),
        );
      }),
    );
  });
});

/** A chain and a sibling: joint probabilities 0.9, 0.45, 0.1. */
const tree: DraftTree = { tokens: [5, 6, 7], parents: [-1, 0, -1], logProbs: [0.9, 0.5, 0.1].map(Math.log) };

describe("cutToBudget", () => {
  it("keeps what pays of a tree and says what it takes", () => {
    const steps = [10, 11, 12, 15];
    expect(cutToBudget(tree, { steps, drafting: 2 })).toEqual({
      tokens: [5, 6],
      parents: [-1, 0],
      logProbs: tree.logProbs.slice(0, 2),
      predicted: 14,
    });
    expect(cutToBudget(tree, { steps: [10], drafting: 2 }).tokens).toEqual([]);
  });

  it("believes probabilities as far as they came true", () => {
    const steps = [10, 11, 12, 15];
    expect(cutToBudget(tree, { steps, drafting: 0, confidence: [1, 0.1] }).tokens).toEqual([5]);
    expect(cutToBudget(tree, { steps, drafting: 0, confidence: [0.05, 0.05] }).tokens).toEqual([]);
    expect(cutToBudget(tree, { steps: [10, 11, 12, 13.5], drafting: 0, confidence: [4] }).tokens).toEqual([5, 6, 7]);
  });
});

/** The same children, whoever asks: of token t at a level. */
function childrenOf(seed: number, token: number, level: number): RankedTokens {
  const weights = [0, 1, 2].map((child) => 1 + ((seed * 31 + token * 17 + level * 7 + child * 13) % 23));
  const total = weights.reduce((sum, weight) => sum + weight, 0) + 4;
  const order = [0, 1, 2].sort((a, b) => (weights[b] as number) - (weights[a] as number));
  return {
    tokens: order.map((child) => 3 * (token % 50) + child),
    logProbs: order.map((child) => Math.log((weights[child] as number) / total)),
  };
}

function grow(seed: number, depth: number, nodes: number, budget: DraftBudget): { tree: DraftTree; runs: number[] } {
  const growing = new GrowingTree(1, { nodes, topK: 3, depth, budget });
  const runs: number[] = [];
  for (let level = 0; growing.open.length > 0; level++) {
    runs.push(growing.open.length);
    growing.grow(growing.open.map(({ token }) => childrenOf(seed, token, level)));
  }
  return { tree: growing.tree(), runs };
}

describe("a tree that grows under a budget", () => {
  const convex = fc.record({
    first: cost,
    rows: fc
      .array(fc.double({ min: 0.01, max: 3, noNaN: true }), { minLength: 1, maxLength: 14 })
      .map((rows) => rows.sort((a, b) => a - b)),
    drafting: cost,
  });

  const rate = fc.option(fc.double({ min: 0.01, max: 2, noNaN: true }), { nil: undefined });

  it("is the cut of the whole tree where levels cost nothing, for rows that become dearer", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 4 }),
        convex,
        rate,
        (seed, depth, costs, own) => {
          const budget = { ...budgetOf(costs), ...(own !== undefined && { rate: own }) };
          const whole = bestFirstTree({ nodes: 14, topK: 3, depth }, ({ node, level, tokens }) =>
            childrenOf(seed, node === -1 ? 1 : (tokens[node] as number), level),
          );
          const { tree: grown } = grow(seed, depth, 14, budget);
          const cut = cutToBudget(whole, budget);
          expect(grown.predicted).toBeCloseTo(cut.predicted as number, 9);
          expect(grown.tokens).toEqual(cut.tokens);
          expect(grown.parents).toEqual(cut.parents);
        },
      ),
    );
  });

  it("goes no deeper than even a perfect level could pay for", () => {
    const steps = [10, 10.5, 11, 11.5, 12];
    const deep = grow(3, 4, 4, { steps, drafting: 1, levels: [0.1, 0.1, 0.1, 0.1] });
    expect(deep.runs.length).toBeGreaterThan(1);
    const dear = grow(3, 4, 4, { steps, drafting: 1, levels: [9, 9, 9, 9] });
    expect(dear.runs).toEqual([1]);
    const hopeless = grow(3, 4, 4, { steps, drafting: 1, levels: [60, 60, 60, 60] });
    expect(hopeless).toEqual({ runs: [], tree: { tokens: [], parents: [], logProbs: [], predicted: 11 } });
  });

  it("counts the levels that ran in what it predicts", () => {
    const levels = [1, 2, 3, 4, 5];
    const budget = { steps: [10, 11, 12, 13, 14], drafting: 1, levels };
    const { tree: grown, runs } = grow(8, 3, 4, budget);
    const spent = runs.reduce((sum, open) => sum + (levels[open - 1] as number), 0);
    expect(grown.predicted).toBe(1 + spent + (budget.steps[grown.tokens.length] as number));
    expect(Math.max(0, ...draftDepths(grown))).toBeLessThanOrEqual(runs.length);
  });
});
