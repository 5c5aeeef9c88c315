import type { GraphNode, NodeOf, WeightTensor } from "@anabranch/core";

/**
 * Linear maps of the same rows by constant weights become one matmul with the weights laid side by side (q, k, v; gate,
 * up): a pass of few rows is bound by the number of calls. Weights that are also used apart, or beside others, stay with
 * those that are used exactly where they are, so that no weight is held twice.
 */
export function linearGroups(
  nodes: readonly GraphNode[],
  constants: ReadonlyMap<string, WeightTensor>,
): ReadonlyMap<GraphNode, readonly NodeOf<"linear">[]> {
  const linears = nodes.filter((node): node is NodeOf<"linear"> => node.op === "linear");
  const usedWith = new Map<string, Set<string>>();
  for (const { inputs } of nodes) {
    for (const input of inputs) {
      if (!constants.has(input)) continue;
      const users = usedWith.get(input) ?? new Set();
      users.add(inputs[0] as string);
      usedWith.set(input, users);
    }
  }
  const groups = new Map<string, NodeOf<"linear">[]>();
  for (const node of linears) {
    const [x, weight] = node.inputs;
    const tensor = constants.get(weight);
    if (tensor === undefined || node.attributes.transposed) continue;
    const format = tensor.format === "f32" ? "f32" : `${tensor.format} ${tensor.blockSize}`;
    const key = [x, format, ...(usedWith.get(weight) ?? [])].join("\n");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else if (!group.some((other) => other.inputs[1] === weight)) group.push(node);
  }
  const byNode = new Map<GraphNode, readonly NodeOf<"linear">[]>();
  for (const group of groups.values()) {
    if (group.length > 1) for (const node of group) byNode.set(node, group);
  }
  return byNode;
}
