import { NotFiniteError } from "@anabranch/core";
import type { CachedSequence, WaitingRows } from "./cached-sequence.js";
import { LastRow } from "./last-row.js";
import type { NewRows } from "./pass-run.js";

/** Where deferred streams of a sequence start: the layer whose entering states are kept; undefined when none can run. */
function keptLayer(sequence: CachedSequence): number | undefined {
  return sequence.attached?.streams.mode === "lossless" ? sequence.attached.insertion : undefined;
}

/** Copies the new keys and values of a path into slots, which become the sequence's next. */
export function commitRows(
  sequence: CachedSequence,
  waiting: WaitingRows,
  path: readonly number[],
  slots: readonly number[],
): void {
  const { pool } = sequence.owner;
  const { run, offset } = waiting;
  for (let layer = 0; layer < pool.spec.layers; layer++) {
    const sources = run.newRows(layer);
    for (let index = 0; index < path.length; index++) {
      const row = offset + (path[index] as number);
      const { source, place } = findRow(sources, row);
      pool.write(layer, slots[index] as number, source.keys, source.values, place);
    }
  }
  for (const slot of slots) sequence.append(slot);
  const last = path.at(-1);
  if (last === undefined) return;
  const kept = keptLayer(sequence);
  const hidden = kept === undefined ? undefined : run.hidden(kept, offset + last);
  sequence.last = new LastRow(hidden, run.streamStates(offset + last), undefined);
}

/**
 * A row that is not finite would spoil every other one in the pool, since a hidden slot's weight is 0 and 0 times NaN is
 * NaN. The last layer's keys and values show it: what goes wrong below reaches them.
 *
 * @throws NotFiniteError naming the row
 */
export function checkFinite({ owner }: CachedSequence, { run, offset }: WaitingRows, path: readonly number[]): void {
  const { kvHeads, headSize, layers } = owner.pool.spec;
  const width = kvHeads * headSize;
  const sources = run.newRows(layers - 1);
  for (const row of path) {
    const { source, place } = findRow(sources, offset + row);
    const [keys, values] = [source.keys.data, source.values.data];
    let sum = 0;
    for (let index = place * width; index < (place + 1) * width; index++) {
      sum += (keys[index] as number) * 0 + (values[index] as number) * 0;
    }
    if (sum !== 0) {
      throw new NotFiniteError(`Row ${row}'s keys or values are not finite.`, {
        subject: `rows[${row}]`,
        cure: "Check the weights for NaN and overflow.",
      });
    }
  }
}

function findRow(sources: readonly NewRows[], row: number): { source: NewRows; place: number } {
  for (const source of sources) {
    const place = source.rows.indexOf(row);
    if (place >= 0) return { source, place };
  }
  throw new RangeError(`Row ${row} has no keys.`);
}
