import type { OwnKeys } from "../graph/index.js";

/**
 * Rows that go through a layer together. A pass has one or two sets, and each layer treats every set the same way,
 * so that the decoder is written once for plain rows, streams and the paper's shared mode.
 *
 * - main: every row of the pass, one member a position.
 * - rest: in shared mode's MSA layers, the rows that carry no streams.
 * - group: in shared mode's MSA layers, the rows that carry streams, each with its γ streams behind it.
 * - streams: in lossless mode, the γ streams of each chosen row; the rows themselves are in `main`, or committed.
 */
export type RowSetName = "main" | "rest" | "group" | "streams";

export interface RowSet {
  readonly name: RowSetName;
  /** [batch, positions * members, hidden] */
  readonly x: string;
  readonly members: number;
  readonly own: OwnKeys;
  /** γ where own keys are seen, else 0. */
  readonly ownLength: number;
  /** Whether this set's first members are keys that other rows see. Streams never are. */
  readonly keys: boolean;
  /** Whether LoRA acts here. */
  readonly adapted: boolean;
}

/** Names of a graph's inputs and outputs, shared by whoever builds graphs and whoever feeds them. */
export const passNames = {
  /** i32 [batch, rows] */
  tokens: "tokens",
  /** i32 [batch, positions * members]: a stream has its row's position. */
  positions: (set: RowSetName): string => `positions.${set}`,
  /** i32 [batch, positions * members], where values are rotated: 0 for a main row, j for stream j. */
  streamNumbers: (set: RowSetName): string => `streams.${set}`,
  /**
   * f32 [batch, positions of `queries`, positions of `keys`]: 0 where seen, a large negative number where not. Layers with
   * a window have a bias of their own, in which keys are hidden by their position too.
   */
  bias: (queries: RowSetName, keys: RowSetName | "past", window?: number): string =>
    `bias.${queries}.${keys}${window === undefined ? "" : `.window.${window}`}`,
  /** i32 [batch, positions]: which of the main rows make up a set. */
  rowsOf: (set: RowSetName): string => `rows.${set}`,
  /** Cached keys of a layer: see KeyLayout. */
  pastKeys: (layer: number): string => `past.${layer}.keys`,
  pastValues: (layer: number): string => `past.${layer}.values`,
  /** Keys (after RoPE) of a set's main members: [batch, positions, kvHeads * headSize]. An output. */
  newKeys: (layer: number, set: RowSetName): string => `new.${layer}.keys.${set}`,
  newValues: (layer: number, set: RowSetName): string => `new.${layer}.values.${set}`,
  /** States that enter layer `layer` (an output), or with layer = N - N_s, where streams are inserted, an input too. */
  hidden: (layer: number, set: RowSetName = "main"): string => `hidden.${layer}.${set}`,
  /** States of a set's main members after the final norm, [batch, positions, hidden]; of streams: [batch, positions * γ, hidden]. */
  final: (set: RowSetName): string => `final.${set}`,
  /** i32 [batch, read]: rows of a set whose logits are wanted. */
  read: (set: RowSetName): string => `read.${set}`,
  /** [batch, read, vocabulary] */
  logits: (set: RowSetName): string => `logits.${set}`,
} as const;

/** Fills an input `passNames.streamNumbers` of the groups, or of the streams. @returns the same array */
export function fillStreamNumbers(set: RowSetName, gamma: number, numbers: Int32Array): Int32Array {
  const first = set === "group" ? 0 : 1;
  const members = gamma + 1 - first;
  for (let at = 0; at < numbers.length; at++) numbers[at] = first + (at % members);
  return numbers;
}

/** What a bias holds for a slot that a row must not see. Finite, so that no row can become NaN. */
export const HIDDEN_BIAS = -1e30;
