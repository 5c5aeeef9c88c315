import {
  COMMITTED,
  HIDDEN_BIAS,
  isInWindow,
  type PassRow,
  type Pruning,
  type RowSetName,
  type Tensor,
} from "@anabranch/core";
import type { CachedSequence } from "./cached-sequence.js";
import type { FeedBuffers } from "./feed-buffers.js";
import type { ReadPlan } from "./read-plan.js";
import type { RowSubset } from "./row-subset.js";
import { fillWindowBias } from "./window-bias.js";

/** Rows of one sequence in a run. */
export interface SequenceRows {
  readonly sequence: CachedSequence;
  readonly rows: readonly PassRow[];
  readonly pruning?: Pruning;
}

/** The rows of a run, those of all its sequences in one list. */
export interface RowPlan {
  readonly count: number;
  readonly sets: Readonly<Partial<Record<RowSetName, RowSubset>>>;
  readonly reads: ReadPlan;
  /** i32 [1, rows] */
  readonly tokens: Tensor;
  /** [rows] */
  readonly positions: Int32Array;
  /** Who sees whom in layers without a window. */
  readonly seen: RowBiases;
  /** The same in layers with one, by window. */
  readonly seenInWindow: ReadonlyMap<number, RowBiases>;
}

export interface RowBiases {
  /** What each row sees of the pool: [1, rows, slots] */
  readonly past: Tensor;
  /** What each row sees of the run's rows: its ancestors and itself. [1, rows, rows] */
  readonly rows: Tensor;
}

/** Lays the rows of several sequences out for one run: tokens, positions, and who sees whom. */
export function planRows(
  requests: readonly SequenceRows[],
  count: number,
  slots: number,
  buffers: FeedBuffers,
  windows: readonly number[],
): Omit<RowPlan, "sets" | "reads"> {
  const tokens = buffers.ints("tokens", [1, count]);
  const positions = buffers.ints("positions", [count]).data;
  const past = buffers.floats("bias.past", [1, count, slots]);
  const own = buffers.floats("bias.rows", [1, count, count]);
  own.data.fill(HIDDEN_BIAS);
  let at = 0;
  for (const { sequence, rows } of requests) {
    const offset = at;
    const seen = sequence.bias();
    for (const { token, parent } of rows) {
      tokens.data[at] = token;
      past.data.set(seen, at * slots);
      if (parent === COMMITTED) {
        positions[at] = sequence.length;
      } else {
        const from = offset + parent;
        positions[at] = (positions[from] as number) + 1;
        own.data.copyWithin(at * count + offset, from * count + offset, from * count + from + 1);
      }
      own.data[at * count + at] = 0;
      at++;
    }
  }
  const seen = { past, rows: own };
  const inWindow = (window: number) => biasesInWindow(requests, positions, seen, window, buffers);
  const seenInWindow = new Map(windows.map((window) => [window, inWindow(window)] as const));
  return { count, tokens, positions, seen, seenInWindow };
}

/** The same without what lies too far back: positions decide, since neither slots nor rows stand in the order of a text. */
function biasesInWindow(
  requests: readonly SequenceRows[],
  positions: Int32Array,
  seen: RowBiases,
  window: number,
  buffers: FeedBuffers,
): RowBiases {
  const past = buffers.floats(`bias.past.${window}`, seen.past.shape);
  const own = buffers.floats(`bias.rows.${window}`, seen.rows.shape);
  const [, count, slots] = seen.past.shape as [number, number, number];
  own.data.set(seen.rows.data);
  let at = 0;
  for (const { sequence, rows } of requests) {
    for (let row = 0; row < rows.length; row++, at++) {
      const position = positions[at] as number;
      fillWindowBias(sequence, position, window, past.data.subarray(at * slots, (at + 1) * slots));
      for (let other = 0; other < count; other++) {
        if (!isInWindow(position, positions[other] as number, window)) own.data[at * count + other] = HIDDEN_BIAS;
      }
    }
  }
  return { past, rows: own };
}
