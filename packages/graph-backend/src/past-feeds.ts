import { type Graph, type ModelSpec, passNames, type Tensor } from "@anabranch/core";
import type { SlotPool } from "./slot-pool.js";

/** The committed keys and values among a graph's inputs: the pool's tensors as they stand. */
export class PastFeeds {
  readonly #names: readonly (readonly [keys: string, values: string])[];
  readonly #takes: ReadonlySet<string>;
  /** What the inputs hold now. */
  #keys: SlotPool["keys"] | undefined;

  /** @param inputs what the graph's runs are given, kept from run to run */
  constructor(
    graph: Graph,
    { layers }: ModelSpec,
    readonly inputs: Record<string, Tensor>,
  ) {
    this.#takes = new Set(graph.inputs);
    this.#names = Array.from({ length: layers }, (_, layer) => [
      passNames.pastKeys(layer),
      passNames.pastValues(layer),
    ]);
  }

  /** Names come to a hundred or so, and a pool has the same tensors until it grows or shrinks. */
  feed({ keys, values }: SlotPool): void {
    if (this.#keys === keys) return;
    this.#names.forEach(([keysName, valuesName], layer) => {
      if (this.#takes.has(keysName)) this.inputs[keysName] = keys[layer] as Tensor;
      if (this.#takes.has(valuesName)) this.inputs[valuesName] = values[layer] as Tensor;
    });
    this.#keys = keys;
  }
}
