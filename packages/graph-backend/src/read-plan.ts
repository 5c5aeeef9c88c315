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
  /** By place in the set: the place in `rows`. */
  readonly placeOf: ReadonlyMap<number, number>;
  /** By place in the set: the place in `whole`. */
  readonly wholeOf: ReadonlyMap<number, number>;
}

export type ReadPlan = Readonly<Partial<Record<RowSetName, SetReads>>>;

/** @param width how many of a row's best tokens the graph gives */
export function planReads(
  requests: readonly SequenceRows[],
  sets: Readonly<Partial<Record<RowSetName, RowSubset>>>,
  readSets: readonly RowSetName[],
  width: number,
): ReadPlan {
  return Object.fromEntries(readSets.map((set) => [set, readsOf(requests, sets[set] as RowSubset, width)]));
}

function readsOf(requests: readonly SequenceRows[], subset: RowSubset, width: number): SetReads {
  const placeOf = new Map<number, number>();
  const wholeOf = new Map<number, number>();
  const whole: number[] = [];
  let at = 0;
  for (const { rows } of requests) {
    for (const { read } of rows) {
      const index = readsLogits(read) ? subset.indexOf(at) : -1;
      at++;
      if (index < 0) continue;
      if (readsWholeLogits(read, width)) {
        wholeOf.set(index, whole.length);
        whole.push(placeOf.size);
      }
      placeOf.set(index, placeOf.size);
    }
  }
  return { rows: placeOf.size === 0 ? [0] : [...placeOf.keys()], whole, placeOf, wholeOf };
}
