import type { RowSetName } from "@anabranch/core";
import { readsLogits, readsWholeLogits } from "./read-logits.js";
import type { SequenceRows } from "./row-plan.js";
import type { RowSubset } from "./row-subset.js";

/** Whose logits are computed in one row set, and whose leave the graph. */
export interface SetReads {
  /** Places in the set that go through the head; never empty, since a matrix product may not take an empty axis. */
  readonly rows: readonly number[];
  /** Places in `rows` of those whose logits come out whole; of the others only the best tokens do. */
  readonly whole: readonly number[];
  /** By place in the set: the place in `rows`; nothing where the row is not read. */
  readonly placeOf: readonly (number | undefined)[];
  /** By place in the set: the place in `whole`. */
  readonly wholeOf: readonly (number | undefined)[];
}

export type ReadPlan = Readonly<Partial<Record<RowSetName, SetReads>>>;

/** @param width how many of a row's best tokens the graph gives */
export function planReads(
  requests: readonly SequenceRows[],
  sets: Readonly<Partial<Record<RowSetName, RowSubset>>>,
  readSets: readonly RowSetName[],
  width: number,
): ReadPlan {
  const plan: Partial<Record<RowSetName, SetReads>> = {};
  for (const set of readSets) plan[set] = readsOf(requests, sets[set] as RowSubset, width);
  return plan;
}

function readsOf(requests: readonly SequenceRows[], subset: RowSubset, width: number): SetReads {
  const [read, whole]: [number[], number[]] = [[], []];
  const [placeOf, wholeOf]: [(number | undefined)[], (number | undefined)[]] = [[], []];
  let at = 0;
  for (const request of requests) {
    for (const row of request.rows) {
      const index = readsLogits(row.read) ? subset.indexOf(at) : -1;
      at++;
      if (index < 0) continue;
      if (readsWholeLogits(row.read, width)) {
        wholeOf[index] = whole.length;
        whole.push(read.length);
      }
      placeOf[index] = read.length;
      read.push(index);
    }
  }
  return { rows: read.length === 0 ? [0] : read, whole, placeOf, wholeOf };
}
