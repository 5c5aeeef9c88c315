import type { NodeOf } from "@anabranch/core";
import { lowerHeadNorm, stretchesOf } from "./head-norm.js";
import type { Lowering } from "./lowering.js";
import { float, int } from "./onnx-builder.js";

export function lowerNorm(lowering: Lowering, node: NodeOf<"norm">): void {
  const [x, weight] = node.inputs;
  const heads = stretchesOf(lowering, node);
  if (heads > 1) {
    lowerHeadNorm(lowering, node, heads);
    return;
  }
  lowering.emit(node.outputs[0], "SimplifiedLayerNormalization", [lowering.name(x), lowering.name(weight)], {
    attributes: { axis: int(-1), epsilon: float(node.attributes.epsilon), stash_type: int(1) },
  });
}

/**
 * A sum that a norm reads becomes one node with that norm: the residual connection is otherwise two more walks
 * over the rows and one more node a layer half.
 */
export function lowerAdd(lowering: Lowering, node: NodeOf<"add">): void {
  const [a, b] = node.inputs;
  const { scale } = node.attributes;
  const norm = scale === 1 && lowering.fuses("sums") ? normOf(lowering, node.outputs[0]) : undefined;
  if (norm !== undefined) {
    const outputs = [lowering.declare(norm.outputs[0]), "", "", lowering.declare(node.outputs[0])];
    const inputs = [lowering.name(a), lowering.name(b), lowering.name(norm.inputs[1])];
    lowering.onnx.node("SkipSimplifiedLayerNormalization", inputs, outputs, {
      attributes: { epsilon: float(norm.attributes.epsilon) },
      contrib: true,
    });
    lowering.setDone(norm);
    return;
  }
  let scaled = lowering.name(b);
  if (scale !== 1)
    scaled = lowering.onnx.step(`${node.outputs[0]}/scaled`, "Mul", [scaled, lowering.onnx.float(scale)]);
  lowering.emit(node.outputs[0], "Add", [lowering.name(a), scaled]);
}

function normOf(lowering: Lowering, sum: string): NodeOf<"norm"> | undefined {
  for (const node of lowering.live.nodes) {
    if (node.op === "norm" && node.inputs[0] === sum && stretchesOf(lowering, node) === 1) return node;
  }
  return undefined;
}
