import type { Activation, NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";
import { float, type NodeOptions, text } from "./onnx-builder.js";

const operators: { readonly [Name in Activation]: readonly [op: string, options: NodeOptions] } = {
  /** silu(x) = x sigmoid(x) is QuickGelu with alpha 1. */
  silu: ["QuickGelu", { attributes: { alpha: float(1) }, contrib: true }],
  gelu: ["Gelu", { attributes: { approximate: text("none") } }],
  gelu_tanh: ["Gelu", { attributes: { approximate: text("tanh") } }],
  relu: ["Relu", {}],
};

export function lowerActivate(lowering: Lowering, node: NodeOf<"activate">): void {
  const [op, options] = operators[node.attributes.activation];
  lowering.emit(node.outputs[0], op, [lowering.name(node.inputs[0])], options);
}

export function lowerGate(lowering: Lowering, node: NodeOf<"gate">): void {
  const [gate, up] = node.inputs;
  const [out] = node.outputs;
  const { activation = "silu" } = node.attributes;
  const [op, options] = operators[activation];
  const activated = lowering.onnx.step(`${out}/${activation}`, op, [lowering.name(gate)], options);
  lowering.emit(out, "Mul", [activated, lowering.name(up)]);
}
