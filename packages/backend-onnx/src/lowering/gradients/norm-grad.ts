import type { NodeOf } from "@anabranch/core";
import { asStretches, stretchesOf } from "../head-norm.js";
import type { Lowering } from "../lowering.js";
import { float, int } from "../onnx-builder.js";

/** With n = x r, r = 1 / sqrt(mean(x²) + epsilon), t = dy n: dWeight = sum t, dx = r (w dy - n mean(w t)). */
export function lowerNormGrad(lowering: Lowering, node: NodeOf<"normGrad">): void {
  const [x, weight, dy] = node.inputs;
  const [dx, dWeight] = node.outputs;
  const { onnx } = lowering;
  const heads = stretchesOf(lowering, node);
  const hidden = Number(lowering.shape(weight)[0]);
  const apart = (value: string): string =>
    heads === 1 ? lowering.name(value) : asStretches(lowering, lowering.name(value), heads, hidden);
  const at = (part: string): string => `${dx}/${part}`;
  const ones = onnx.once(`ones ${hidden}`, () =>
    onnx.floats(`ones[${hidden}]`, [hidden], new Float32Array(hidden).fill(1)),
  );
  const normed = onnx.freeName(at("normed"));
  const inverse = onnx.freeName(at("inverse"));
  onnx.node("SimplifiedLayerNormalization", [apart(x), ones], [normed, inverse], {
    attributes: { axis: int(-1), epsilon: float(node.attributes.epsilon), stash_type: int(1) },
  });
  const gradient = apart(dy);
  const product = onnx.step(at("product"), "Mul", [gradient, normed]);
  if (lowering.wants(dWeight)) {
    lowering.emit(dWeight, "ReduceSum", [product, onnx.ints(heads === 1 ? [0, 1] : [0, 1, 2])], {
      attributes: { keepdims: int(0) },
    });
  }
  if (!lowering.wants(dx)) return;
  const column = onnx.step(at("weight"), "Unsqueeze", [lowering.name(weight), onnx.ints([1])]);
  const total = onnx.step(at("total"), "MatMul", [product, column]);
  const mean = onnx.step(at("mean"), "Mul", [total, onnx.float(1 / hidden)]);
  const weighed = onnx.step(at("weighed"), "Mul", [gradient, lowering.name(weight)]);
  const share = onnx.step(at("share"), "Mul", [normed, mean]);
  const rest = onnx.step(at("rest"), "Sub", [weighed, share]);
  if (heads === 1) lowering.emit(dx, "Mul", [rest, inverse]);
  else
    lowering.emit(dx, "Reshape", [
      onnx.step(at("stretches"), "Mul", [rest, inverse]),
      onnx.ints([0, 0, heads * hidden]),
    ]);
}
