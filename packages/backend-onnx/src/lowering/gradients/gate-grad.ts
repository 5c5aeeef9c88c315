import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";

/** With s = sigmoid(gate), a = gate s: dUp = dy a, dGate = dy up (s + a - s a). */
export function lowerGateGrad(lowering: Lowering, node: NodeOf<"gateGrad">): void {
  const [gate, up, dy] = node.inputs.map((input) => lowering.name(input)) as [string, string, string];
  const [dGate, dUp] = node.outputs;
  const { onnx } = lowering;
  const at = (part: string): string => `${dGate}/${part}`;
  const sigmoid = onnx.step(at("sigmoid"), "Sigmoid", [gate]);
  const silu = onnx.step(at("silu"), "Mul", [gate, sigmoid]);
  if (lowering.wants(dUp)) lowering.emit(dUp, "Mul", [dy, silu]);
  if (!lowering.wants(dGate)) return;
  const rest = onnx.step(at("rest"), "Sub", [onnx.float(1), silu]);
  const bent = onnx.step(at("bent"), "Mul", [sigmoid, rest]);
  const slope = onnx.step(at("slope"), "Add", [bent, silu]);
  const dSilu = onnx.step(at("d_silu"), "Mul", [dy, up]);
  lowering.emit(dGate, "Mul", [dSilu, slope]);
}
