import type { DraftBudget } from "../contract/draft.js";
import type { StreamTiming } from "../drafters/stream-drafter.js";
import { type CostModel, draftingCost, measuredRows, passCost } from "./cost-model.js";

export interface BudgetPlace {
  readonly timing: StreamTiming;
  /** Tokens in the cache. */
  readonly context: number;
  /** Most nodes of a tree. */
  readonly nodes: number;
  /** See `DraftBudget.confidence`. */
  readonly confidence?: readonly number[];
}

/** What drafts may cost here, by a cost model. Trees are as large as passes were measured, at most. */
export function draftBudget(costs: CostModel, { timing, context, nodes, confidence }: BudgetPlace): DraftBudget {
  const most = Math.min(nodes, measuredRows(costs) - 1);
  const step = (rows: number): number => passCost(costs, timing === "parallel", context, rows) + costs.rest;
  return {
    steps: Array.from({ length: most + 1 }, (_, node) => step(node + 1)),
    drafting: draftingCost(costs, timing, context),
    ...(costs.levels !== undefined && { levels: costs.levels }),
    ...(confidence !== undefined && { confidence }),
  };
}

/** A step that drafts nothing. @param streams whether they run beside its row */
export function plainStepCost(costs: CostModel, streams: boolean, context: number): number {
  return passCost(costs, streams, context, 1) + costs.rest;
}
