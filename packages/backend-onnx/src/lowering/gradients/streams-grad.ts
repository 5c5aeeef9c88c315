import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";
import { int } from "../onnx-builder.js";
import { byPosition } from "../rows.js";

const DROP = { attributes: { keepdims: int(0) } };

export function lowerInsertStreamsGrad(lowering: Lowering, node: NodeOf<"insertStreamsGrad">): void {
  const [x, , embedding, dy] = node.inputs;
  const [dx, dStart, dEmbedding] = node.outputs;
  const { onnx } = lowering;
  const [gamma, hidden] = lowering.shape(embedding) as readonly [number, number];
  const { keepMain } = node.attributes;
  let streams = byPosition(lowering, dx, lowering.name(dy), gamma + (keepMain ? 1 : 0), hidden);
  if (keepMain) {
    const main = onnx.freeName(`${dx}/main`);
    const rest = onnx.freeName(`${dx}/streams`);
    onnx.node("Split", [streams, onnx.ints([1, gamma])], [main, rest], { attributes: { axis: int(2) } });
    if (lowering.wants(dx)) lowering.emit(dx, "Squeeze", [main, onnx.ints([2])]);
    streams = rest;
  } else if (lowering.wants(dx)) {
    const shape = onnx.step(`${dx}/shape`, "Shape", [lowering.name(x)]);
    lowering.emit(dx, "ConstantOfShape", [shape]);
  }
  if (lowering.wants(dStart)) lowering.emit(dStart, "ReduceSum", [streams, onnx.ints([2])], DROP);
  if (lowering.wants(dEmbedding)) lowering.emit(dEmbedding, "ReduceSum", [streams, onnx.ints([0, 1])], DROP);
}

export function lowerPickGrad(lowering: Lowering, node: NodeOf<"pickGrad">): void {
  const [dy] = node.inputs;
  const [out] = node.outputs;
  const { members, from, to } = node.attributes;
  const { onnx } = lowering;
  const features = Number(lowering.shape(dy).at(-1));
  const picked = byPosition(lowering, out, lowering.name(dy), to - from, features);
  const pads = onnx.ints([0, 0, from, 0, 0, 0, members - to, 0]);
  const padded = onnx.step(`${out}/padded`, "Pad", [picked, pads]);
  lowering.emit(out, "Reshape", [padded, onnx.ints([0, -1, features])]);
}
