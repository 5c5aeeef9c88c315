import { InvalidGraphError } from "../errors/index.js";
import type { Graph, GraphNode } from "../graph/index.js";
import { kernels } from "./kernels.js";
import { neededNodes } from "./needed-nodes.js";
import type { ReferenceTensor } from "./tensor.js";

type AnyKernel = (
  inputs: readonly ReferenceTensor[],
  attributes: GraphNode["attributes"],
) => readonly ReferenceTensor[];

/**
 * Computes a graph in float64, node by node, as the formulas of `Operations` say: the truth that backends are held against.
 *
 * @param given the graph's inputs and parameters, by name; shapes are taken as they come (the runtime checks them)
 * @param outputs names of the outputs to compute; all when absent
 * @throws InvalidGraphError when a node reads a value that is not there
 */
export function interpret(
  graph: Graph,
  given: Readonly<Record<string, ReferenceTensor>>,
  outputs: readonly string[] = Object.keys(graph.outputs),
): Record<string, ReferenceTensor> {
  const values = new Map(Object.entries(given));
  const read = (name: string, reader: string): ReferenceTensor => {
    const value = values.get(name);
    if (value === undefined)
      throw new InvalidGraphError(`${reader} of ${graph.name} reads ${name}, which is not there.`);
    return value;
  };
  for (const node of neededNodes(graph, outputs)) {
    const kernel = kernels[node.op] as unknown as AnyKernel;
    const results = kernel(
      node.inputs.map((name) => read(name, node.op)),
      node.attributes,
    );
    node.outputs.forEach((name, index) => {
      values.set(name, results[index] as ReferenceTensor);
    });
  }
  return Object.fromEntries(
    outputs.map((name) => [name, read(graph.outputs[name] ?? name, `The output ${name}`)] as const),
  );
}
