import { type AdapterHandle, type BackendModel, type CostModel, passCost, throwIfAborted } from "@anabranch/core";
import { summarize } from "@anabranch/evaluation";
import { StepTimer } from "./step-timer.js";

/** Passes that take less than this of what is kept say that the machine was busy when it was measured, for all of the time. */
const TOO_FAST = 0.7;
/** A pass of decoding without drafts, and one with an ordinary draft. */
const ROWS = [1, 8];
/** Tokens that the passes lie behind: fewer than any costs were measured behind. */
const CONTEXT = 8;
const PASSES = 5;
/** Milliseconds after which slow models are not asked again: two passes of each size then. */
const LONG_ENOUGH = 500;

/**
 * Whether passes are much faster now than a cost model says. Whatever else a machine does only adds to times: a model of costs that
 * it was too busy for can be told from a few passes, and passes that are slow now say nothing about what is kept.
 *
 * @throws AbortedError; what the model's calls throw
 */
export async function areOverstated(
  costs: CostModel,
  model: BackendModel,
  adapter: AdapterHandle,
  signal?: AbortSignal,
): Promise<boolean> {
  const timing = costs.plain === undefined ? "parallel" : "deferred";
  const timer = await StepTimer.create(model, adapter, CONTEXT);
  try {
    for (const rows of ROWS.filter((count) => count <= (costs.rows.at(-1) as number))) {
      const times: number[] = [];
      // The first pass of a size makes its plan.
      await timer.step(rows, timing);
      const start = performance.now();
      while (times.length < 2 || (times.length < PASSES && performance.now() - start < LONG_ENOUGH)) {
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
