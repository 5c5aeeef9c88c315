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

/** log softmax over the last axis, shared by all who read the same logits. (ReduceLogSumExp is 40 times slower.) */
function logSoftmax(lowering: Lowering, logits: string): string {
  const { onnx } = lowering;
  const name = lowering.name(logits);
  return onnx.once(`log softmax ${name}`, () =>
    onnx.step(`${logits}/log_softmax`, "LogSoftmax", [name], { attributes: { axis: int(-1) } }),
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
  if (lowering.wants(logProbs)) {
    lowering.emit(logProbs, "GatherElements", [logSoftmax(lowering, logits), at], { attributes: { axis: int(-1) } });
  }
  if (lowering.wants(indices)) lowering.emit(indices, "Cast", [at], { attributes: { to: INT32 } });
}

export function lowerLogProb(lowering: Lowering, node: NodeOf<"logProb">): void {
  const [logits, targets] = node.inputs;
  const [out] = node.outputs;
  const { onnx } = lowering;
  const indices = rowIndices(lowering, targets);
  const logProb = onnx.step(`${out}/log_prob`, "GatherElements", [logSoftmax(lowering, logits), indices], {
    attributes: { axis: int(-1) },
  });
  lowering.emit(out, "Squeeze", [logProb, onnx.ints([-1])]);
}
