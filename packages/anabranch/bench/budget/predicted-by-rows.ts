import { budgetedStreamDrafter, type CostModel, fasterTiming, passCost, TrackRecord } from "@anabranch/core";
import { summarize } from "@anabranch/evaluation";
import { BUDGET_TOP_K } from "../../src/calibrate/budget-limit.js";
import { defaultDepth } from "../../src/model/drafting.js";
import { decodeOne, timeOf } from "./decode-one.js";
import type { BudgetSubject } from "./subject.js";

export interface RowsPrediction {
  readonly rows: number;
  readonly steps: number;
  /** Milliseconds. */
  readonly predicted: number;
  readonly measured: number;
}

const NODES = [1, 2, 3, 4, 5, 7, 11, 15, 23, 31];

/**
 * Steps with trees of many sizes in turn, whether they pay or not: a budget by which rows cost nothing takes as many nodes as it
 * may. What such a step should cost, the cost model says.
 */
export async function predictedByRows(
  subject: BudgetSubject,
  costs: CostModel,
  maxTokens: number,
): Promise<RowsPrediction[]> {
  const { adapter } = subject;
  const timing = fasterTiming(costs, Math.max(...NODES));
  const beside = timing === "parallel";
  const flat = (table: CostModel["plain"]) => table?.map((row) => row.map(() => row[0] as number));
  const { plain, parallel } = costs;
  const free: CostModel = {
    ...costs,
    ...(plain && { plain: flat(plain) as number[][] }),
    ...(parallel && { parallel: flat(parallel) as number[][] }),
  };
  const found = new Map<number, { predicted: number[]; measured: number[] }>();
  for (const prompt of subject.prompts) {
    for (const nodes of [0, ...NODES]) {
      const limit = { nodes, topK: BUDGET_TOP_K, depth: defaultDepth(adapter, {}) };
      const record = new TrackRecord();
      // It is the cost model that is held against steps, not what they have taught.
      record.times.learn = () => undefined;
      const drafter = budgetedStreamDrafter({ adapter, timing, costs: free, limit, record });
      let context = prompt.length;
      const { steps } = await decodeOne(subject, prompt, drafter, Math.min(maxTokens, 48));
      for (const step of steps) {
        const { rows } = step;
        const drafted = nodes > 0 && rows > 1;
        if (step.predicted !== undefined && (drafted || nodes === 0)) {
          const further = passCost(costs, beside, context, rows) - passCost(free, beside, context, rows);
          const list = found.get(rows) ?? { predicted: [], measured: [] };
          list.predicted.push(step.predicted + further);
          list.measured.push(timeOf(step));
          found.set(rows, list);
        }
        context += step.tokens.length;
      }
    }
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([rows, { predicted, measured }]) => ({
      rows,
      steps: measured.length,
      predicted: summarize(predicted).median,
      measured: summarize(measured).median,
    }));
}
