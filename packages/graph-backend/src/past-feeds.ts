import { type Graph, passNames, type Tensor } from "@anabranch/core";
import type { SlotPool } from "./slot-pool.js";

/** The committed keys and values among a graph's inputs: the pool's tensors as they stand. */
export class PastFeeds {
  readonly #takes: ReadonlySet<string>;
  /** What the inputs hold now. */
  #keys: SlotPool["keys"] | undefined;

  /** @param inputs what the graph's runs are given, kept from run to run */
  constructor(
    graph: Graph,
    readonly inputs: Record<string, Tensor>,
  ) {
    this.#takes = new Set(graph.inputs);
  }

  /** Names come to a hundred or so, and a pool has the same tensors until it grows or shrinks. */
  feed({ keys, values }: SlotPool): void {
    if (this.#keys === keys) return;
    keys.forEach((tensor, layer) => {
      this.#give(passNames.pastKeys(layer), tensor);
      this.#give(passNames.pastValues(layer), values[layer] as Tensor);
    });
    this.#keys = keys;
  }

  #give(name: string, tensor: Tensor): void {
    if (this.#takes.has(name)) this.inputs[name] = tensor;
  }
}
