import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";
import { asInt64 } from "./rope.js";

/** Row numbers as [batch, m, 1], which is how GatherND and ScatterND name whole rows. */
export function rowIndices(lowering: Lowering, rows: string): string {
  const { onnx } = lowering;
  const indices = asInt64(lowering, rows);
  return onnx.once(`indices ${indices}`, () => onnx.step(`${rows}/indices`, "Unsqueeze", [indices, onnx.ints([-1])]));
}

export function lowerSelect(lowering: Lowering, node: NodeOf<"select">): void {
  const [x, rows] = node.inputs;
  lowering.emit(node.outputs[0], "GatherND", [lowering.name(x), rowIndices(lowering, rows)], {
    attributes: { batch_dims: int(1) },
  });
}

/** [batch, positions * members, features] to [batch, positions, members, features] */
export function byPosition(lowering: Lowering, name: string, x: string, members: number, features: number): string {
  return lowering.onnx.step(`${name}/by_position`, "Reshape", [x, lowering.onnx.ints([0, -1, members, features])]);
}

export function lowerPick(lowering: Lowering, node: NodeOf<"pick">): void {
  const [out] = node.outputs;
  const { members, from, to } = node.attributes;
  const { onnx } = lowering;
  const features = Number(lowering.shape(node.inputs[0]).at(-1));
  const groups = byPosition(lowering, out, lowering.name(node.inputs[0]), members, features);
  const picked = onnx.step(`${out}/picked`, "Slice", [groups, onnx.ints([from]), onnx.ints([to]), onnx.ints([2])]);
  lowering.emit(out, "Reshape", [picked, onnx.ints([0, -1, features])]);
}
