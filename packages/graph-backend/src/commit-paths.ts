import { checkPath, InvalidArgumentError } from "@anabranch/core";
import type { CachedSequence } from "./cached-sequence.js";
import { checkFinite, commitRows } from "./commit-rows.js";
import type { SlotPool } from "./slot-pool.js";

/**
 * Makes rows part of their sequences' texts: all of them, or none when something is wrong.
 * @throws InvalidArgumentError, DroppedRowError, NotFiniteError, ContextOverflowError
 */
export function commitPaths(
  pool: SlotPool,
  requests: readonly { readonly sequence: CachedSequence; readonly path: readonly number[] }[],
): void {
  if (new Set(requests.map(({ sequence }) => sequence)).size !== requests.length) {
    throw new InvalidArgumentError("One sequence stands twice in a commit.", { subject: "sequence" });
  }
  let count = 0;
  for (const { sequence, path } of requests) {
    checkPath(sequence.waiting?.rows, path);
    if (sequence.waiting !== undefined) checkFinite(sequence, sequence.waiting, path);
    count += path.length;
  }
  const slots = pool.allocate(count);
  let from = 0;
  for (const { sequence, path } of requests) {
    if (sequence.waiting !== undefined)
      commitRows(sequence, sequence.waiting, path, slots.slice(from, from + path.length));
    from += path.length;
    sequence.waiting = undefined;
  }
}
