import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DraftTree } from "../contract/draft.js";
import { bestPrefix } from "./budgeted-prefix.js";
import { chainDraft } from "./draft-tree.js";
import { foresightedGains } from "./foresighted-prefix.js";

/** A step of a plain row takes 10 ms, each further one more; a token is worth what plain decoding gives. */
const budgetOf = (row: number, nodes = 31, rate = 0.1) => ({
  steps: Array.from({ length: nodes + 1 }, (_, node) => 10 + row * node),
  drafting: 0,
  rate,
});
const bestOf = (gains: readonly number[]): number => gains.indexOf(Math.max(...gains));
const chainOf = (probabilities: readonly number[]): DraftTree =>
  chainDraft(
    probabilities.map((_, index) => index),
    probabilities.map(Math.log),
  );
const probability = fc.double({ min: 0.02, max: 0.99, noNaN: true });

/** Milliseconds that a text wins from a place of a chain on by a rule, against what any place is worth at the rate. */
function wonBy(rule: (rest: readonly number[]) => number, chain: readonly number[], row: number, rate: number): number {
  const nodes = rule(chain);
  let [reached, won] = [1, 1 / rate - (10 + row * nodes)];
  for (const right of chain.slice(0, nodes)) {
    reached *= right;
    won += reached / rate;
  }
  const next = chain[nodes];
  if (next === undefined) return won;
  // Where the chain has no more to give, the text goes on as from any place.
  return won + reached * next * Math.max(0, wonBy(rule, chain.slice(nodes + 1), row, rate));
}

describe("foresightedGains", () => {
  it("leaves a sure chain behind an unsure token to the step that knows the token", () => {
    const chain = [0.4, ...Array(8).fill(0.99)];
    const { steps, drafting, rate } = budgetOf(2);
    const gains = chain.map((_, node) => chain.slice(0, node + 1).reduce((product, own) => product * own, 1));
    expect(bestPrefix(gains, { steps, drafting, rate }).nodes).toBe(9);
    expect(bestOf(foresightedGains(chainOf(chain), budgetOf(2)))).toBe(0);
    expect(bestOf(foresightedGains(chainOf([0.9, ...chain.slice(1)]), budgetOf(2)))).toBe(9);
  });

  it("takes of a long chain what a pass is cheap for", () => {
    const { drafting, rate } = budgetOf(0);
    const steps = Array.from({ length: 32 }, (_, node) => 10 + node + (node > 7 ? 30 : 0));
    expect(bestOf(foresightedGains(chainOf(Array(31).fill(0.98)), { steps, drafting, rate }))).toBe(7);
  });

  it("is the plain rule where no node stands below another", () => {
    fc.assert(
      fc.property(fc.array(probability, { maxLength: 10 }), fc.double({ min: 0, max: 5, noNaN: true }), (own, row) => {
        const sorted = own.map((value) => value / 10).sort((a, b) => b - a);
        const tree = {
          tokens: sorted.map((_, at) => at),
          parents: sorted.map(() => -1),
          logProbs: sorted.map(Math.log),
        };
        const gains = foresightedGains(tree, budgetOf(row));
        let tokens = 0;
        sorted.forEach((value, node) => {
          tokens += value;
          expect(gains[node + 1]).toBeCloseTo(tokens - (row * (node + 1)) / 10, 9);
        });
      }),
    );
  });

  it("wins of every chain at least what the plain rule does", () => {
    const chains = fc.array(probability, { minLength: 1, maxLength: 9 });
    const rows = fc.double({ min: 0.2, max: 8, noNaN: true });
    const rates = fc.double({ min: 0.1, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(chains, rows, rates, (chain, row, rate) => {
        const budget = budgetOf(row, 31, rate);
        const foresighted = (rest: readonly number[]) => bestOf(foresightedGains(chainOf(rest), budget));
        const plainly = (rest: readonly number[]) => {
          let reached = 1;
          return bestPrefix(
            rest.map((right) => {
              reached *= right;
              return reached;
            }),
            budget,
          ).nodes;
        };
        const won = wonBy(foresighted, chain, row, rate);
        expect(won).toBeGreaterThanOrEqual(wonBy(plainly, chain, row, rate) - 1e-6);
        // What it says of itself is what it wins over a plain step.
        const gain = Math.max(...foresightedGains(chainOf(chain), budget));
        expect(gain / rate).toBeCloseTo(
          won - wonBy((rest) => (rest === chain ? 0 : foresighted(rest)), chain, row, rate),
          6,
        );
      }),
    );
  });
});
