import { formatShape } from "./dims.js";
import type { Graph } from "./graph.js";

function formatAttribute(value: unknown): string {
  if (Array.isArray(value) && value.length > 6) return `[${value.slice(0, 3).join(", ")}, ... ${value.length}]`;
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

/**
 * A graph as text, one line a node:
 * `layers.0.q [1, rows, 64] = linear(layers.0.normed, model.layers.0.self_attn.q_proj.weight)`
 */
export function printGraph(graph: Graph): string {
  const typed = (name: string): string => {
    const value = graph.values[name];
    if (value === undefined) return name;
    return `${name} ${value.dtype === "f32" ? "" : value.dtype}${formatShape(value.shape)}`;
  };
  const lines = [`graph ${graph.name}`];
  for (const name of graph.inputs) lines.push(`  input ${typed(name)}`);
  for (const name of graph.parameters) lines.push(`  parameter ${typed(name)}`);
  for (const node of graph.nodes) {
    const attributes = Object.entries(node.attributes).map(([key, value]) => `; ${key} = ${formatAttribute(value)}`);
    lines.push(`  ${node.outputs.map(typed).join(", ")} = ${node.op}(${node.inputs.join(", ")}${attributes.join("")})`);
  }
  for (const [name, value] of Object.entries(graph.outputs)) lines.push(`  output ${name} = ${value}`);
  return lines.join("\n");
}
