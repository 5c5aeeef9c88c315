import { type Graph, type GraphNode, InvalidArgumentError } from "@anabranch/core";

/** What has to be computed for some of a graph's outputs. */
export interface LiveGraph {
  readonly nodes: readonly GraphNode[];
  /** Values that a live node or an output asked for reads. */
  readonly wanted: ReadonlySet<string>;
  /** How many live nodes read a value; an output counts as one. */
  readonly readers: ReadonlyMap<string, number>;
  /** Output names asked for. */
  readonly outputs: readonly string[];
}

/** Leaves out what nobody asks for. @throws InvalidArgumentError for an output that the graph does not have. */
export function liveGraph(graph: Graph, outputs: readonly string[] = Object.keys(graph.outputs)): LiveGraph {
  const readers = new Map<string, number>();
  const read = (value: string): void => {
    readers.set(value, (readers.get(value) ?? 0) + 1);
  };
  for (const output of outputs) {
    const value = graph.outputs[output];
    if (value === undefined) {
      throw new InvalidArgumentError(`The graph ${graph.name} has no output ${output}.`, {
        subject: output,
        cure: `It has ${Object.keys(graph.outputs).join(", ")}.`,
      });
    }
    read(value);
  }
  const nodes: GraphNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => readers.has(output))) continue;
    nodes.unshift(node);
    for (const input of node.inputs) read(input);
  }
  return { nodes, wanted: new Set(readers.keys()), readers, outputs };
}
