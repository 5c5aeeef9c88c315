import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";
import { float } from "./onnx-builder.js";

/** silu(x) = x sigmoid(x) is QuickGelu with alpha 1. */
export function lowerGate(lowering: Lowering, node: NodeOf<"gate">): void {
  const [gate, up] = node.inputs;
  const [out] = node.outputs;
  const silu = lowering.onnx.step(`${out}/silu`, "QuickGelu", [lowering.name(gate)], {
    attributes: { alpha: float(1) },
    contrib: true,
  });
  lowering.emit(out, "Mul", [silu, lowering.name(up)]);
}
