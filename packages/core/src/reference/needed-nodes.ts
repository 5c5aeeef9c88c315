import type { Graph, GraphNode } from "../graph/index.js";

/** The nodes that some outputs depend on, in their order. */
export function neededNodes(graph: Graph, outputs: readonly string[]): GraphNode[] {
  const needed = new Set(outputs.map((name) => graph.outputs[name]));
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    nodes.unshift(node);
  }
  return nodes;
}
