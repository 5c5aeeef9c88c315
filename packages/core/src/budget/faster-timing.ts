import type { StreamTiming } from "../drafters/stream-drafter.js";
import { bestPrefix } from "../tree/budgeted-prefix.js";
import { type CostModel, hasTiming } from "./cost-model.js";
import { draftBudget } from "./draft-budget.js";
import { usualGain } from "./usual-gain.js";

/** About a chat's first answer. */
const CONTEXT = 128;

/**
 * The way to run streams that costs less a token: with trees of exactly `nodes` nodes, or where that is not said, each with the
 * size that suits it best.
 *
 * @param most nodes of the largest tree
 */
export function fasterTiming(costs: CostModel, most: number, nodes?: number): StreamTiming {
  const rate = (timing: StreamTiming): number => {
    if (!hasTiming(costs, timing)) return 0;
    const budget = draftBudget(costs, { timing, context: CONTEXT, nodes: nodes ?? most });
    const { steps, drafting } = budget;
    if (nodes !== undefined) return 1 / (drafting + (steps.at(-1) as number));
    const gains = steps.slice(1).map((_, node) => usualGain(node));
    const { tokens, milliseconds } = bestPrefix(gains, budget, budget.levels?.[0]);
    return tokens / milliseconds;
  };
  return rate("parallel") > rate("deferred") ? "parallel" : "deferred";
}
