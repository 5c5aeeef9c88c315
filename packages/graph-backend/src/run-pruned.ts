import { COMMITTED, type PassRow, passNames, survivingRows } from "@anabranch/core";
import type { AttachedAdapter } from "./attached-adapter.js";
import type { ModelPrograms } from "./model-programs.js";
import { PrunedRun } from "./pruned-run.js";
import type { SequenceRows } from "./row-plan.js";
import type { SlotPool } from "./slot-pool.js";

/** Whether a pass's rows have to go through the early exit: not where none of them could be dropped. */
export function isPruned({ rows, pruning }: SequenceRows): boolean {
  return pruning !== undefined && pruning.threshold > 0 && rows.some(({ parent }) => parent !== COMMITTED);
}

/** Runs rows of one adapter's sequences in two halves (3.1.3): all through the layers below the streams, then those that survive. */
export async function runPruned(
  programs: ModelPrograms,
  pool: SlotPool,
  owner: AttachedAdapter,
  requests: readonly SequenceRows[],
): Promise<PrunedRun> {
  const lower = await (await programs.lower(owner, requests)).run(requests, pool);
  const places = new Int32Array(lower.rows.count).fill(-1);
  const kept: number[] = [];
  const left: SequenceRows[] = [];
  let offset = 0;
  for (const { sequence, rows, pruning } of requests) {
    const from = offset;
    const survived = survivingRows(rows, pruning?.threshold ?? 0, (row) => lower.transitions.get(from + row));
    const base = kept.length;
    const own: PassRow[] = [];
    rows.forEach((row, index) => {
      if (!survived[index]) return;
      const { parent } = row;
      places[from + index] = kept.length;
      kept.push(from + index);
      own.push(parent === COMMITTED ? row : { ...row, parent: (places[from + parent] as number) - base });
    });
    left.push({ sequence, rows: own });
    offset += rows.length;
  }
  const program = await programs.upper(owner, left);
  const upper = await program.run(left, pool, { [passNames.hidden(owner.insertion)]: lower.entering(kept) });
  return new PrunedRun(lower, upper, places);
}
