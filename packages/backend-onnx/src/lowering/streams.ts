import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";

/** Eq. 3 */
export function lowerInsertStreams(lowering: Lowering, node: NodeOf<"insertStreams">): void {
  const [x, start, embedding] = node.inputs;
  const [out] = node.outputs;
  const { onnx } = lowering;
  const hidden = Number(lowering.shape(x).at(-1));
  const beside = onnx.step(`${out}/start`, "Unsqueeze", [lowering.name(start), onnx.ints([2])]);
  let members = onnx.step(`${out}/streams`, "Add", [beside, lowering.name(embedding)]);
  if (node.attributes.keepMain) {
    const main = onnx.step(`${out}/main`, "Unsqueeze", [lowering.name(x), onnx.ints([2])]);
    members = onnx.step(`${out}/members`, "Concat", [main, members], { attributes: { axis: int(2) } });
  }
  lowering.emit(out, "Reshape", [members, onnx.ints([0, -1, hidden])]);
}
