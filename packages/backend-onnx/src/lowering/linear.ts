import type { Float32Tensor, Int4BlockTensor, Int8BlockTensor, NodeOf, WeightTensor } from "@anabranch/core";
import { ElementType } from "../proto/messages.js";
import { blockMatMul } from "./block-matmul.js";
import { int4MatMul } from "./int4-matmul.js";
import { int8Weights } from "./int8-weights.js";
import { linearGroups } from "./linear-groups.js";
import type { Lowering } from "./lowering.js";
import { bytesOf, int } from "./onnx-builder.js";
import { weightParts } from "./weight-parts.js";

const groupsOf = new WeakMap<Lowering, ReturnType<typeof linearGroups>>();

function groupOf(lowering: Lowering, node: NodeOf<"linear">): readonly NodeOf<"linear">[] {
  let groups = groupsOf.get(lowering);
  if (groups === undefined) {
    groups = linearGroups(lowering.live.nodes, lowering.constants);
    groupsOf.set(lowering, groups);
  }
  return groups.get(node) ?? [node];
}

export function lowerLinear(lowering: Lowering, node: NodeOf<"linear">): void {
  const group = lowering.fuses("products") ? groupOf(lowering, node) : [node];
  if (group.length === 1) {
    lowerAlone(lowering, node);
    return;
  }
  const x = lowering.name(node.inputs[0]);
  const joined = lowering.onnx.freeName(`${group.map((member) => member.outputs[0]).join("|")}`);
  const weights = group.map((member) => member.inputs[1]);
  multiply(lowering, x, weights, joined, lowering.keepsRowsFine(node));
  const widths = group.map((member) => Number(lowering.shape(member.outputs[0]).at(-1)));
  const outputs = group.map((member) => lowering.declare(member.outputs[0]));
  lowering.onnx.node("Split", [joined, lowering.onnx.ints(widths)], outputs, { attributes: { axis: int(-1) } });
  for (const member of group) lowering.setDone(member);
}

function lowerAlone(lowering: Lowering, node: NodeOf<"linear">): void {
  const [x, weight] = node.inputs;
  const out = lowering.declare(node.outputs[0]);
  const constant = lowering.constant(weight);
  if (constant !== undefined && !node.attributes.transposed) {
    multiply(lowering, lowering.name(x), [weight], out, lowering.keepsRowsFine(node));
  } else matMul(lowering, lowering.name(x), lowering.name(weight), out, !node.attributes.transposed);
}

/** x by constant weights side by side. */
function multiply(lowering: Lowering, x: string, weights: readonly string[], out: string, fine: boolean): void {
  const tensors = weights.map((weight) => lowering.constants.get(weight) as WeightTensor);
  if (tensors.every((tensor): tensor is Int8BlockTensor => tensor.format === "int8-block")) {
    blockMatMul(lowering, { x, weights: int8Weights(lowering, weights, tensors), bits: 8, fine }, out);
    return;
  }
  if (tensors.every((tensor): tensor is Int4BlockTensor => tensor.format === "int4-block")) {
    int4MatMul(lowering, x, weights, tensors, out, fine);
    return;
  }
  const name =
    weights.length === 1
      ? lowering.name(weights[0] as string)
      : lowering.onnx.once(`joined ${weights.join("\n")}`, () => {
          const rows = tensors.reduce((sum, tensor) => sum + (tensor.shape[0] as number), 0);
          const parts = weightParts(lowering, tensors, "data", () =>
            tensors.map((tensor) => bytesOf((tensor as Float32Tensor).data)),
          );
          return lowering.onnx.initializer(
            weights.join("|"),
            ElementType.float32,
            [rows, tensors[0]?.shape[1] as number],
            parts,
          );
        });
  matMul(lowering, x, name, out, true);
}

/** The transposition is the matmul's own: ONNX Runtime packs a constant once and reads any other in place. */
function matMul(lowering: Lowering, x: string, weight: string, out: string, transB: boolean): void {
  if (!transB) lowering.onnx.node("MatMul", [x, weight], [out]);
  else lowering.onnx.node("FusedMatMul", [x, weight], [out], { attributes: { transB: int(1) }, contrib: true });
}
