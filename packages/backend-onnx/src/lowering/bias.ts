import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";

/** Numpy's broadcasting adds the vector to every row. */
export function lowerBias(lowering: Lowering, node: NodeOf<"bias">): void {
  const [x, bias] = node.inputs;
  lowering.emit(node.outputs[0], "Add", [lowering.name(x), lowering.name(bias)]);
}
