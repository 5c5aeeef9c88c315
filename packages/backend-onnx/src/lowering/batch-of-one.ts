import { type Graph, UnsupportedError } from "@anabranch/core";

/**
 * Symbols that can only stand for 1: the batch of queries that read a cache kept by head, which has no batch axis.
 *
 * @throws UnsupportedError where such a batch is a larger number.
 */
export function batchesOfOne(graph: Graph): ReadonlySet<string> {
  const symbols = new Set<string>();
  for (const node of graph.nodes) {
    if (node.op !== "attend" || !node.attributes.sources.includes("heads")) continue;
    const batch = graph.values[node.inputs[0]]?.shape[0];
    if (typeof batch === "string") symbols.add(batch);
    else if (batch !== 1) {
      throw new UnsupportedError(`${node.outputs[0]} reads a cache kept by head for a batch of ${batch}.`, {
        subject: node.outputs[0],
        cure: `Use a batch of 1, or keys as "rows".`,
      });
    }
  }
  return symbols;
}
