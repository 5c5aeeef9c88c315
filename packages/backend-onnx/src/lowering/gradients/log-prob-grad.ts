import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";
import { int, text } from "../onnx-builder.js";
import { rowIndices } from "../rows.js";

/** dy (onehot - softmax): the softmax times -dy, and dy added at each row's target. */
export function lowerLogProbGrad(lowering: Lowering, node: NodeOf<"logProbGrad">): void {
  const [logits, targets, dy] = node.inputs;
  const [out] = node.outputs;
  const { onnx } = lowering;
  const softmax = onnx.step(`${out}/softmax`, "Softmax", [lowering.name(logits)], { attributes: { axis: int(-1) } });
  const column = onnx.step(`${out}/dy`, "Unsqueeze", [lowering.name(dy), onnx.ints([-1])]);
  const minus = onnx.step(`${out}/minus_dy`, "Neg", [column]);
  const spread = onnx.step(`${out}/spread`, "Mul", [softmax, minus]);
  lowering.emit(out, "ScatterElements", [spread, rowIndices(lowering, targets), column], {
    attributes: { axis: int(-1), reduction: text("add") },
  });
}
