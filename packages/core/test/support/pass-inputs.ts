import { type Graph, HIDDEN_BIAS, passNames, type RowSetName, type Tensor } from "../../src/index.js";

/** A text that may branch: tokens, and for each the token that it follows (-1: none). */
export interface BranchingText {
  readonly tokens: readonly number[];
  readonly parents: readonly number[];
}

/** Rows of a pass by their place in the text, and how many members stand at each. */
export interface PassSet {
  readonly rows: readonly number[];
  readonly members: number;
}

export type PassSets = Readonly<Partial<Record<RowSetName, PassSet>>>;

function ancestors({ parents }: BranchingText, row: number): number[] {
  const parent = parents[row] as number;
  return parent < 0 ? [row] : [...ancestors({ parents, tokens: [] }, parent), row];
}

function biasOf(text: BranchingText, queries: readonly number[], keys: readonly number[]): Tensor {
  const seen = queries.map((query) => new Set(ancestors(text, query)));
  const data = seen.flatMap((sees) => keys.map((key) => (sees.has(key) ? 0 : HIDDEN_BIAS)));
  return { shape: [1, queries.length, keys.length], data: Float64Array.from(data) };
}

const indices = (values: readonly number[]): Tensor => ({ shape: [1, values.length], data: Int32Array.from(values) });

/**
 * Tokens, positions, row lists and biases of a pass over some rows of a text, as far as the graph takes them.
 *
 * @param past rows of the text whose keys are committed, in the order of their slots
 */
export function passInputs(
  graph: Graph,
  text: BranchingText,
  sets: PassSets,
  past: readonly number[] = [],
): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  const main = sets.main?.rows ?? [];
  inputs[passNames.tokens] = indices(main.map((row) => text.tokens[row] as number));
  for (const [name, { rows, members }] of Object.entries(sets) as [RowSetName, PassSet][]) {
    const positions = rows.flatMap((row) => new Array<number>(members).fill(ancestors(text, row).length - 1));
    inputs[passNames.positions(name)] = indices(positions);
    inputs[passNames.rowsOf(name)] = indices(rows.map((row) => main.indexOf(row)));
    inputs[passNames.bias(name, "past")] = biasOf(text, rows, past);
    for (const [keys, set] of Object.entries(sets) as [RowSetName, PassSet][]) {
      inputs[passNames.bias(name, keys)] = biasOf(text, rows, set.rows);
    }
  }
  return Object.fromEntries(graph.inputs.flatMap((name) => (inputs[name] === undefined ? [] : [[name, inputs[name]]])));
}
