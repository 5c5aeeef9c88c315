import { type CallOptions, type PassResult, throwIfAborted } from "@anabranch/core";
import type { AttachedAdapter } from "./attached-adapter.js";
import type { WaitingRows } from "./cached-sequence.js";
import { groupBy } from "./group-by.js";
import type { ModelPrograms } from "./model-programs.js";
import type { RunResults } from "./pass-run.js";
import { readRow } from "./read-row.js";
import type { SequenceRows } from "./row-plan.js";
import { isPruned, runPruned } from "./run-pruned.js";
import type { SlotPool } from "./slot-pool.js";

/** Runs rows, one run for all sequences that one graph serves; the sequences change only when all of it went well. */
export async function runPass(
  programs: ModelPrograms,
  pool: SlotPool,
  requests: readonly SequenceRows[],
  options: CallOptions | undefined,
): Promise<readonly PassResult[]> {
  const inHalves = groupBy(requests, isPruned);
  const waiting = new Map<SequenceRows, WaitingRows>();
  const wait = (group: readonly SequenceRows[], run: RunResults): void => {
    let offset = 0;
    for (const request of group) {
      waiting.set(request, { rows: request.rows, run, offset });
      offset += request.rows.length;
    }
  };
  for (const [owner, group] of groupBy(inHalves.get(false) ?? [], (request) => programs.owner(request))) {
    throwIfAborted(options?.signal, "A pass");
    wait(group, await (await programs.pass(owner, group)).run(group, pool));
  }
  for (const [owner, group] of groupBy(
    inHalves.get(true) ?? [],
    ({ sequence }) => sequence.attached as AttachedAdapter,
  )) {
    throwIfAborted(options?.signal, "A pass");
    wait(group, await runPruned(programs, pool, owner, group));
  }
  const results = requests.map((request) => readRows(waiting.get(request) as WaitingRows));
  for (const [{ sequence }, rows] of waiting) {
    sequence.wait(rows);
    // The last committed row is no longer one of the latest pass.
    if (sequence.last?.hidden !== undefined) sequence.last = sequence.last.apart();
  }
  return results;
}

function readRows({ rows, run, offset }: WaitingRows): PassResult {
  return { rows: rows.map(({ read }, row) => readRow(run, row, offset + row, read)) };
}
