import type { StreamTiming } from "../drafters/stream-drafter.js";
import { interpolate } from "./interpolate.js";

/** Raised when a cost model's fields mean something else. */
export const COST_MODEL_VERSION = 1;

/**
 * What the calls of a step cost on one machine, for one model and adapter, in milliseconds. JSON-safe.
 *
 * Tables are read linearly between what was measured, and on in the last direction beyond the longest context.
 */
export interface CostModel {
  readonly version: typeof COST_MODEL_VERSION;
  /** Tokens in the cache, ascending: where passes were measured. */
  readonly contexts: readonly number[];
  /** Rows of a pass, ascending from 1. */
  readonly rows: readonly number[];
  /** A pass without streams. [contexts][rows]; absent where the main stream always sees its streams. */
  readonly plain?: readonly (readonly number[])[];
  /** A pass with streams beside every row. [contexts][rows]; absent where the backend cannot. */
  readonly parallel?: readonly (readonly number[])[];
  /** A call for deferred streams. [contexts]; absent where the mode or the backend has none. */
  readonly deferred?: readonly number[];
  /** What a call for a draft costs beside a Markov head's levels, by when the streams ran. */
  readonly draft: { readonly [timing in StreamTiming]?: number };
  /** A level of a Markov head by how many nodes get children, from 1 on; absent without such a head. */
  readonly levels?: readonly number[];
  /** Commit, and what the loop itself takes. */
  readonly rest: number;
  /** How far times of the same pass lay apart: the usual median over the usual lower quartile. About 1 on a machine that is idle. */
  readonly noise?: number;
}

/** Most rows that a pass was measured with. */
export function measuredRows({ rows }: CostModel): number {
  return rows.at(-1) as number;
}

/** Whether streams can run so, by what was measured. */
export function hasTiming({ plain, parallel, deferred }: CostModel, timing: StreamTiming): boolean {
  return timing === "parallel" ? parallel !== undefined : plain !== undefined && deferred !== undefined;
}

/** Milliseconds of a pass behind `context` tokens. @param streams whether they run beside its rows */
export function passCost(costs: CostModel, streams: boolean, context: number, rows: number): number {
  const table = (streams ? costs.parallel : costs.plain) ?? costs.plain ?? costs.parallel ?? [];
  const byContext = table.map((milliseconds) => interpolate(costs.rows, milliseconds, rows));
  return interpolate(costs.contexts, byContext, context);
}

/** Milliseconds until a tree can begin to grow. */
export function draftingCost({ contexts, deferred, draft }: CostModel, timing: StreamTiming, context: number): number {
  const streams = timing === "deferred" && deferred !== undefined ? interpolate(contexts, deferred, context) : 0;
  return streams + (draft[timing] ?? 0);
}

/** Whether a value, out of a file maybe, is a cost model of this version. */
export function isCostModel(value: unknown): value is CostModel {
  if (typeof value !== "object" || value === null) return false;
  const { version, contexts, rows, plain, parallel, deferred, draft, levels, rest } = value as CostModel;
  const numbers = (list: unknown, length?: number): list is number[] =>
    Array.isArray(list) &&
    list.length > 0 &&
    list.length === (length ?? list.length) &&
    list.every((one) => Number.isFinite(one) && one >= 0);
  const table = (rowsOf: unknown): boolean =>
    Array.isArray(rowsOf) && rowsOf.length === contexts.length && rowsOf.every((row) => numbers(row, rows.length));
  const ascending = (list: unknown): boolean =>
    numbers(list) && list.every((one, index) => index === 0 || one > (list[index - 1] as number));
  return (
    version === COST_MODEL_VERSION &&
    ascending(contexts) &&
    ascending(rows) &&
    rows[0] === 1 &&
    (plain !== undefined || parallel !== undefined) &&
    [plain, parallel].every((one) => one === undefined || table(one)) &&
    (deferred === undefined || numbers(deferred, contexts.length)) &&
    typeof draft === "object" &&
    draft !== null &&
    numbers([0, ...Object.values(draft)]) &&
    (levels === undefined || numbers(levels)) &&
    numbers([rest])
  );
}
