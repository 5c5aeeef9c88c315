import type { Graph, Tensor } from "@anabranch/core";

/** What of it a graph takes: measuring needs no seeds, and a model without MHA layers no lower attention. */
export function knownInputs(
  { inputs, parameters }: Graph,
  given: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const known = [...inputs, ...parameters].filter((name) => name in given);
  return Object.fromEntries(known.map((name) => [name, given[name] as Tensor]));
}
