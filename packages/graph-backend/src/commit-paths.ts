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
  for (const { sequence, path } of requests) {
    const { waiting } = sequence;
    checkPath(waiting?.rows, path, (row) => waiting?.run.survived(waiting.offset + row) === true);
    if (waiting !== undefined) checkFinite(sequence, waiting, path);
  }
  const slots = pool.allocate(requests.map(({ sequence, path }) => ({ holder: sequence, count: path.length })));
  requests.forEach(({ sequence, path }, index) => {
    const { waiting } = sequence;
    if (waiting !== undefined) commitRows(sequence, waiting, path, slots[index] as number[]);
    sequence.wait(undefined);
  });
}
