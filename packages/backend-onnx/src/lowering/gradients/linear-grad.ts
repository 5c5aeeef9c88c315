import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";
import { int } from "../onnx-builder.js";

/** [b, r, features] as [b r, features], which ONNX Runtime does by changing the shape only. */
export function flatRows(lowering: Lowering, value: string): string {
  const { onnx } = lowering;
  const name = lowering.name(value);
  const shape = lowering.shape(value);
  if (shape.length === 2) return name;
  const features = Number(shape.at(-1));
  return onnx.once(`flat ${name}`, () => onnx.step(`${value}/flat`, "Reshape", [name, onnx.ints([-1, features])]));
}

export function lowerOuter(lowering: Lowering, node: NodeOf<"outer">): void {
  const [dy, x] = node.inputs;
  lowering.emit(node.outputs[0], "Gemm", [flatRows(lowering, dy), flatRows(lowering, x)], {
    attributes: { transA: int(1) },
  });
}

export function lowerScale(lowering: Lowering, node: NodeOf<"scale">): void {
  lowering.emit(node.outputs[0], "Mul", [lowering.name(node.inputs[0]), lowering.onnx.float(node.attributes.factor)]);
}
