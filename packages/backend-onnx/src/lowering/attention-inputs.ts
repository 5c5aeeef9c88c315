import type { GraphNode } from "@anabranch/core";

/** What may stand between a product and the attention that reads it. */
const PASSES_ON: ReadonlySet<GraphNode["op"]> = new Set(["rope", "norm", "bias"]);

/** The linear maps that make queries, keys and values. */
export function attentionInputs(nodes: readonly GraphNode[]): ReadonlySet<GraphNode> {
  const producers = new Map<string, GraphNode>();
  for (const node of nodes) for (const output of node.outputs) producers.set(output, node);
  const found = new Set<GraphNode>();
  const visit = (value: string): void => {
    const producer = producers.get(value);
    if (producer === undefined) return;
    if (producer.op === "linear") found.add(producer);
    else if (PASSES_ON.has(producer.op)) visit(producer.inputs[0] as string);
  };
  for (const node of nodes) if (node.op === "attend") for (const input of node.inputs) visit(input);
  return found;
}
