import {
  type AdapterHandle,
  type BackendModel,
  type CostModel,
  hasTiming,
  measuredRows,
  passCost,
  throwIfAborted,
} from "@anabranch/core";
import { summarize } from "@anabranch/evaluation";
import { BUDGET_TOP_K } from "./budget-limit.js";
import { StepTimer } from "./step-timer.js";

/** Passes that take less than this of what is kept say that the machine was busy when it was measured, for all of the time. */
const TOO_FAST = 0.7;
/** A pass of decoding without drafts, and one with an ordinary draft. */
const ROWS = [1, 8];
/** What a step is asked for before any is timed: a backend then has made ready what steps with ordinary drafts need. */
const DRAFT = { nodes: 8, topK: BUDGET_TOP_K };
/** Tokens that the passes lie behind: fewer than any costs were measured behind. */
const CONTEXT = 8;
const PASSES = 3;
/** Milliseconds after which slow models are not asked again: two passes of each size then. */
const LONG_ENOUGH = 500;

/**
 * Whether passes are much faster now than a cost model says. Whatever else a machine does only adds to times: a model of costs that
 * it was too busy for can be told from a few passes, and passes that are slow now say nothing about what is kept. Ordinary steps are
 * taken once before, so that a text finds ready what they need.
 *
 * @throws AbortedError; what the model's calls throw
 */
export async function areOverstated(
  costs: CostModel,
  model: BackendModel,
  adapter: AdapterHandle,
  signal?: AbortSignal,
): Promise<boolean> {
  const timing = hasTiming(costs, "deferred") ? "deferred" : "parallel";
  const most = measuredRows(costs);
  const timer = await StepTimer.create(model, adapter, CONTEXT);
  try {
    const start = performance.now();
    for (let rows = 1; rows <= Math.min(most, 8) && performance.now() - start < LONG_ENOUGH; rows++) {
      throwIfAborted(signal, "Calibration");
      await timer.step(rows, timing, { ...DRAFT, depth: adapter.streams.gamma });
    }
    for (const rows of ROWS.filter((count) => count <= most)) {
      const times: number[] = [];
      await timer.step(rows, timing);
      const begun = performance.now();
      while (times.length < 2 || (times.length < PASSES && performance.now() - begun < LONG_ENOUGH)) {
        throwIfAborted(signal, "Calibration");
        times.push((await timer.step(rows, timing)).pass);
      }
      if (summarize(times).lowerQuartile < TOO_FAST * passCost(costs, timing === "parallel", CONTEXT, rows))
        return true;
    }
    return false;
  } finally {
    await timer.dispose();
  }
}
