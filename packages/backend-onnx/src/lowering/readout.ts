import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";
import { rowIndices } from "./rows.js";

const INT32 = int(6);

export function lowerArgmax(lowering: Lowering, node: NodeOf<"argmax">): void {
  const [out] = node.outputs;
  const index = lowering.onnx.step(`${out}/int64`, "ArgMax", [lowering.name(node.inputs[0])], {
    attributes: { axis: int(-1), keepdims: int(0), select_last_index: int(0) },
  });
  lowering.emit(out, "Cast", [index], { attributes: { to: INT32 } });
}

/** log of the sum of exponentials over the last axis, which stays as an axis of 1; shared by all who read the same logits. */
export function logSumExp(lowering: Lowering, logits: string): string {
  const { onnx } = lowering;
  const name = lowering.name(logits);
  return onnx.once(`logsumexp ${name}`, () =>
    onnx.step(`${logits}/logsumexp`, "ReduceLogSumExp", [name, onnx.ints([-1])], { attributes: { keepdims: int(1) } }),
  );
}

export function lowerTopLogProbs(lowering: Lowering, node: NodeOf<"topLogProbs">): void {
  const [logits] = node.inputs;
  const [logProbs, indices] = node.outputs;
  const { onnx } = lowering;
  const top = onnx.freeName(`${logProbs}/top`);
  const at = onnx.freeName(`${logProbs}/at`);
  onnx.node("TopK", [lowering.name(logits), onnx.ints([node.attributes.k])], [top, at], {
    attributes: { axis: int(-1), largest: int(1), sorted: int(1) },
  });
  if (lowering.wants(logProbs)) lowering.emit(logProbs, "Sub", [top, logSumExp(lowering, logits)]);
  if (lowering.wants(indices)) lowering.emit(indices, "Cast", [at], { attributes: { to: INT32 } });
}

export function lowerLogProb(lowering: Lowering, node: NodeOf<"logProb">): void {
  const [logits, targets] = node.inputs;
  const [out] = node.outputs;
  const { onnx } = lowering;
  const indices = rowIndices(lowering, targets);
  const logit = onnx.step(`${out}/logit`, "GatherElements", [lowering.name(logits), indices], {
    attributes: { axis: int(-1) },
  });
  const logProb = onnx.step(`${out}/log_prob`, "Sub", [logit, logSumExp(lowering, logits)]);
  lowering.emit(out, "Squeeze", [logProb, onnx.ints([-1])]);
}
