import type { Tensor } from "../contract/index.js";
import { fillStreamNumbers, HIDDEN_BIAS, passNames, type RowSetName, type StreamRows } from "../decoder/index.js";
import { isInWindow, type StreamSpec } from "../model/index.js";
import { rowDepths, rowVisibility } from "../tree/row-visibility.js";
import type { TextRow } from "./text-row.js";

/** The row sets of a pass over a text: for each, which of the text's rows it holds and how many members a row has there. */
export type TextSets = ReadonlyMap<RowSetName, { readonly rows: readonly number[]; readonly members: number }>;

export function streamRowsOf(text: readonly TextRow[]): StreamRows {
  if (!text.some((row) => row.streams)) return "none";
  return text.every((row) => row.streams) ? "all" : "some";
}

export function textSets(streams: StreamSpec | undefined, text: readonly TextRow[]): TextSets {
  const all = text.map((_, row) => row);
  const sets = new Map([["main" as RowSetName, { rows: all, members: 1 }]]);
  if (streams === undefined) return sets;
  const carrying = all.filter((row) => text[row]?.streams);
  if (streams.mode === "lossless") return sets.set("streams", { rows: carrying, members: streams.gamma });
  const rest = all.filter((row) => !text[row]?.streams);
  return sets.set("rest", { rows: rest, members: 1 }).set("group", { rows: carrying, members: 1 + streams.gamma });
}

const i32 = (values: readonly number[]): Tensor => ({ shape: [1, values.length], data: Int32Array.from(values) });

/**
 * Every input that a pass graph without past can have; the graph at hand uses some of them.
 * @param windows those of the model's layers
 */
export function textInputs(
  text: readonly TextRow[],
  streams: StreamSpec | undefined,
  sets: TextSets,
  windows: readonly number[],
): Map<string, Tensor> {
  const positions = rowDepths(text);
  const sees = rowVisibility(text);
  const inputs = new Map<string, Tensor>();
  inputs.set(passNames.tokens, i32(text.map((row) => row.token)));
  for (const [name, { rows, members }] of sets) {
    const repeated = rows.flatMap((row) => Array.from({ length: members }, () => positions[row] as number));
    inputs.set(passNames.positions(name), i32(repeated));
    inputs.set(passNames.rowsOf(name), i32(rows));
    const numbers = fillStreamNumbers(name, streams?.gamma ?? 0, new Int32Array(repeated.length));
    inputs.set(passNames.streamNumbers(name), { shape: [1, repeated.length], data: numbers });
    for (const [keys, { rows: slots }] of sets) {
      for (const window of [undefined, ...windows]) {
        const isSeen = (row: number, slot: number): boolean =>
          sees[row * text.length + slot] === 1 &&
          isInWindow(positions[row] as number, positions[slot] as number, window);
        const bias = rows.flatMap((row) => slots.map((slot) => (isSeen(row, slot) ? 0 : HIDDEN_BIAS)));
        const shape = [1, rows.length, slots.length];
        inputs.set(passNames.bias(name, keys, window), { shape, data: Float64Array.from(bias) });
      }
    }
  }
  return inputs;
}
