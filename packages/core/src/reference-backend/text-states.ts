import type { Tensor } from "../contract/index.js";
import { passNames, type RowSetName } from "../decoder/index.js";
import { InvalidGraphError } from "../errors/index.js";
import type { TextSets } from "./text-inputs.js";

/** What a pass over a text computed, by row of the text. Every state is [hidden], in float64. */
export class TextStates {
  constructor(
    private readonly outputs: Readonly<Record<string, Tensor>>,
    private readonly sets: TextSets,
    private readonly layers: number,
  ) {}

  /** The state of a row that enters a layer; with `layers`, the state after the final norm. */
  hidden(row: number, layer: number): Float64Array {
    for (const name of ["main", "rest", "group"] as const) {
      const output = this.outputs[layer === this.layers ? passNames.final(name) : passNames.hidden(layer, name)];
      const at = this.sets.get(name)?.rows.indexOf(row) ?? -1;
      // Inside the layers a group's rows have their streams behind them; after the final norm they stand alone.
      const members = layer === this.layers ? 1 : (this.sets.get(name)?.members ?? 1);
      if (output !== undefined && at >= 0) return stateAt(output, at * members);
    }
    throw new InvalidGraphError(`The graph gives no state of row ${row} at layer ${layer}.`);
  }

  /** The states of a row's streams after the final norm; none where it carried none. [γ][hidden] */
  streams(row: number): Float64Array[] {
    const output = this.outputs[passNames.final("streams")];
    const carrier: RowSetName = this.sets.has("group") ? "group" : "streams";
    const set = this.sets.get(carrier);
    const at = set?.rows.indexOf(row) ?? -1;
    if (output === undefined || set === undefined || at < 0) return [];
    const gamma = carrier === "group" ? set.members - 1 : set.members;
    return Array.from({ length: gamma }, (_, stream) => stateAt(output, at * gamma + stream));
  }
}

/** Row `index` of a tensor [1, rows, hidden]. */
function stateAt({ shape, data }: Tensor, index: number): Float64Array {
  const hidden = shape[2] as number;
  return Float64Array.from(data.subarray(index * hidden, (index + 1) * hidden));
}
