import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";
import { int, text } from "../onnx-builder.js";
import { asInt64 } from "../rope.js";
import { rowIndices } from "../rows.js";

/** dy (onehot - softmax): the softmax times -dy (summed, where a row has several targets), and dy added at each row's targets. */
export function lowerLogProbGrad(lowering: Lowering, node: NodeOf<"logProbGrad">): void {
  const [logits, targets, dy] = node.inputs;
  const [out] = node.outputs;
  const { onnx } = lowering;
  const softmax = onnx.step(`${out}/softmax`, "Softmax", [lowering.name(logits)], { attributes: { axis: int(-1) } });
  const several = lowering.shape(targets).length === lowering.shape(logits).length;
  const each = several ? lowering.name(dy) : onnx.step(`${out}/dy`, "Unsqueeze", [lowering.name(dy), onnx.ints([-1])]);
  const whole = several ? onnx.step(`${out}/sum_dy`, "ReduceSum", [each, onnx.ints([-1])]) : each;
  const minus = onnx.step(`${out}/minus_dy`, "Neg", [whole]);
  const spread = onnx.step(`${out}/spread`, "Mul", [softmax, minus]);
  const indices = several ? asInt64(lowering, targets) : rowIndices(lowering, targets);
  lowering.emit(out, "ScatterElements", [spread, indices, each], {
    attributes: { axis: int(-1), reduction: text("add") },
  });
}
