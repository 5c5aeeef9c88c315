import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";
import { int } from "../onnx-builder.js";

/** With n the standardised x, r the inverse of its root, g = dy w: dx = r (g - mean(g) - n mean(g n)). */
export function lowerLayerNormGrad(lowering: Lowering, node: NodeOf<"layerNormGrad">): void {
  const [x, weight, dy] = node.inputs.map((input) => lowering.name(input)) as [string, string, string];
  const [dx, dWeight, dBias] = node.outputs;
  const { onnx } = lowering;
  const step = (part: string, op: string, inputs: readonly string[]): string => onnx.step(`${dx}/${part}`, op, inputs);
  const mean = (part: string, of: string): string =>
    onnx.step(`${dx}/${part}`, "ReduceMean", [of, onnx.ints([-1])], { attributes: { keepdims: int(1) } });
  const sum = (out: string, of: string): void =>
    lowering.emit(out, "ReduceSum", [of, onnx.ints([0, 1])], { attributes: { keepdims: int(0) } });
  const centred = step("centred", "Sub", [x, mean("mean", x)]);
  const variance = mean("variance", step("squares", "Mul", [centred, centred]));
  const root = step("root", "Sqrt", [step("above_0", "Add", [variance, onnx.float(node.attributes.epsilon)])]);
  const normed = step("normed", "Div", [centred, root]);
  if (lowering.wants(dBias)) sum(dBias, dy);
  if (lowering.wants(dWeight)) sum(dWeight, step("product", "Mul", [dy, normed]));
  if (!lowering.wants(dx)) return;
  const g = step("weighed", "Mul", [dy, weight]);
  const along = step("along", "Mul", [normed, mean("share", step("weighed_product", "Mul", [g, normed]))]);
  const rest = step("rest", "Sub", [step("centred_gradient", "Sub", [g, mean("mean_gradient", g)]), along]);
  lowering.emit(dx, "Div", [rest, root]);
}
