import type { NodeOf } from "@anabranch/core";
import type { Lowering } from "./lowering.js";
import { float, int } from "./onnx-builder.js";

type Norm = NodeOf<"norm"> | NodeOf<"normGrad">;

/** How many stretches of a row a norm works on: 1, or for queries and keys the heads. */
export function stretchesOf(lowering: Lowering, node: Norm): number {
  const [x, weight] = node.inputs;
  return Number(lowering.shape(x).at(-1)) / Number(lowering.shape(weight)[0]);
}

/** [batch, rows, heads * headSize] as [batch, rows, heads, headSize], by its ONNX name. */
export function asStretches(lowering: Lowering, x: string, heads: number, headSize: number): string {
  return lowering.onnx.step(`${x}/stretches`, "Reshape", [x, lowering.onnx.ints([0, 0, heads, headSize])]);
}

/** The norm of each head apart. */
export function lowerHeadNorm(lowering: Lowering, node: NodeOf<"norm">, heads: number): void {
  const [x, weight] = node.inputs;
  const [out] = node.outputs;
  const headSize = Number(lowering.shape(weight)[0]);
  const inputs = [asStretches(lowering, lowering.name(x), heads, headSize), lowering.name(weight)];
  const normed = lowering.onnx.step(`${out}/normed`, "SimplifiedLayerNormalization", inputs, {
    attributes: { axis: int(-1), epsilon: float(node.attributes.epsilon), stash_type: int(1) },
  });
  lowering.emit(out, "Reshape", [normed, lowering.onnx.ints([0, 0, heads * headSize])]);
}
