import type { Graph, GraphNode } from "@anabranch/core";

/** Which nodes a run needs, and how long each value must be kept. */
export interface Lifetimes {
  readonly nodes: readonly GraphNode[];
  /** By value: the index among `nodes` of the last that reads it; Infinity for outputs. */
  readonly lastUse: ReadonlyMap<string, number>;
}

/** @param outputs names of the graph's outputs that are wanted */
export function lifetimesOf(graph: Graph, outputs: readonly string[]): Lifetimes {
  const wanted = new Set(outputs.map((name) => graph.outputs[name] as string));
  const needed = new Set(wanted);
  const nodes: GraphNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    nodes.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  nodes.reverse();
  const lastUse = new Map<string, number>();
  nodes.forEach((node, index) => {
    for (const input of node.inputs) lastUse.set(input, index);
  });
  for (const name of wanted) lastUse.set(name, Number.POSITIVE_INFINITY);
  return { nodes, lastUse };
}
