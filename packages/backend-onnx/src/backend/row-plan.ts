import { COMMITTED, HIDDEN_BIAS, type PassRow, type RowSetName, type Tensor } from "@anabranch/core";
import type { CachedSequence } from "./cached-sequence.js";
import type { FeedBuffers } from "./feed-buffers.js";
import type { RowSubset } from "./row-subset.js";

/** Rows of one sequence in a run. */
export interface SequenceRows {
  readonly sequence: CachedSequence;
  readonly rows: readonly PassRow[];
}

/** The rows of a run, those of all its sequences in one list. */
export interface RowPlan {
  readonly count: number;
  readonly sets: Readonly<Partial<Record<RowSetName, RowSubset>>>;
  /** Places in each set whose logits are wanted; never empty, since a runtime may not take an empty axis. */
  readonly reads: Readonly<Partial<Record<RowSetName, readonly number[]>>>;
  /** i32 [1, rows] */
  readonly tokens: Tensor;
  /** [rows] */
  readonly positions: Int32Array;
  /** What each row sees of the pool: [1, rows, slots] */
  readonly pastBias: Tensor;
  /** What each row sees of the run's rows: its ancestors and itself. [1, rows, rows] */
  readonly rowBias: Tensor;
}

/** Lays the rows of several sequences out for one run: tokens, positions, and who sees whom. */
export function planRows(
  requests: readonly SequenceRows[],
  count: number,
  slots: number,
  buffers: FeedBuffers,
): Omit<RowPlan, "sets" | "reads"> {
  const tokens = buffers.ints("tokens", [1, count]);
  const positions = buffers.ints("positions", [count]).data;
  const pastBias = buffers.floats("bias.past", [1, count, slots]);
  const rowBias = buffers.floats("bias.rows", [1, count, count]);
  rowBias.data.fill(HIDDEN_BIAS);
  let at = 0;
  for (const { sequence, rows } of requests) {
    const offset = at;
    const seen = sequence.bias();
    for (const { token, parent } of rows) {
      tokens.data[at] = token;
      pastBias.data.set(seen, at * slots);
      if (parent === COMMITTED) {
        positions[at] = sequence.length;
      } else {
        const from = offset + parent;
        positions[at] = (positions[from] as number) + 1;
        rowBias.data.copyWithin(at * count + offset, from * count + offset, from * count + from + 1);
      }
      rowBias.data[at * count + at] = 0;
      at++;
    }
  }
  return { count, tokens, positions, pastBias, rowBias };
}
