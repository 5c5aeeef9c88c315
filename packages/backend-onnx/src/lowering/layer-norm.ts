import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";
import { float, int } from "./onnx-builder.js";

export function lowerLayerNorm(lowering: Lowering, node: NodeOf<"layerNorm">): void {
  const inputs = node.inputs.map((input) => lowering.name(input));
  lowering.emit(node.outputs[0], "LayerNormalization", inputs, {
    attributes: { axis: int(-1), epsilon: float(node.attributes.epsilon), stash_type: int(1) },
  });
}
