import type { Int8BlockTensor, NodeOf } from "@anabranch/core";
import { embedInt4 } from "./embed-int4.js";
import { int8Weights } from "./int8-weights.js";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";

export function lowerEmbed(lowering: Lowering, node: NodeOf<"embed">): void {
  const [table, tokens] = node.inputs;
  const constant = lowering.constant(table);
  if (constant?.format === "int8-block") embedInt8(lowering, node, constant);
  else if (constant?.format === "int4-block") embedInt4(lowering, node, constant);
  else lowering.emit(node.outputs[0], "Gather", [lowering.name(table), lowering.name(tokens)]);
}

/** Only the rows asked for are dequantised; a tied head reads the same bytes. */
function embedInt8(lowering: Lowering, node: NodeOf<"embed">, tensor: Int8BlockTensor): void {
  const [table, tokens] = node.inputs;
  const [out] = node.outputs;
  const { onnx } = lowering;
  const weights = int8Weights(lowering, [table], [tensor]);
  const indices = lowering.name(tokens);
  const bytes = onnx.step(`${out}/bytes`, "Gather", [weights.data, indices]);
  const scales = onnx.step(`${out}/scales`, "Gather", [weights.scales, indices]);
  const numbers = onnx.step(`${out}/numbers`, "Cast", [bytes], { attributes: { to: int(1) } });
  const signed = onnx.step(`${out}/signed`, "Sub", [numbers, onnx.float(128)]);
  const byBlock = onnx.step(`${out}/scales_by_block`, "Unsqueeze", [scales, onnx.ints([-1])]);
  const scaled = onnx.step(`${out}/scaled`, "Mul", [signed, byBlock]);
  const padded = weights.blocks * weights.blockSize;
  const shape = onnx.ints([0, 0, padded]);
  if (padded === weights.columns) {
    lowering.emit(out, "Reshape", [scaled, shape]);
    return;
  }
  const whole = onnx.step(`${out}/padded`, "Reshape", [scaled, shape]);
  lowering.emit(out, "Slice", [whole, onnx.ints([0]), onnx.ints([weights.columns]), onnx.ints([2])]);
}
