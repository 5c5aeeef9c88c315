import { type Int8BlockTensor, toFloat32, type WeightTensor } from "@anabranch/core";
import { int, type OnnxBuilder } from "../../../src/lowering/onnx-builder.js";
import { ElementType } from "../../../src/proto/messages.js";
import { multiply } from "./linear-maps.js";
import { quantizedWeights } from "./quantized-weights.js";

const NAME = "model.embed_tokens.weight";

/** The rows of the table that the tokens name: [batch, sequence, hidden]. */
export function embed(onnx: OnnxBuilder, table: WeightTensor, tokens: string): string {
  if (table.format === "int8-block") return embedInt8(onnx, table, tokens);
  return onnx.step("embed", "Gather", [floatTable(onnx, table), tokens]);
}

/** The head that is the table itself: one initializer serves both. */
export function tiedHead(onnx: OnnxBuilder, table: WeightTensor, x: string): string {
  if (table.format === "int8-block") return multiply(onnx, x, NAME, [table]);
  return onnx.step("lm_head", "FusedMatMul", [x, floatTable(onnx, table)], {
    attributes: { transB: int(1) },
    contrib: true,
  });
}

function embedInt8(onnx: OnnxBuilder, table: Int8BlockTensor, tokens: string): string {
  const { data, scales, blocks } = quantizedWeights(onnx, NAME, [table]);
  const bytes = onnx.step("embed/bytes", "Gather", [data, tokens]);
  const numbers = onnx.step("embed/numbers", "Cast", [bytes], { attributes: { to: int(ElementType.float32) } });
  const signed = onnx.step("embed/signed", "Sub", [numbers, onnx.float(128)]);
  const scale = onnx.step("embed/scales", "Gather", [scales, tokens]);
  const byBlock = onnx.step("embed/scales_by_block", "Unsqueeze", [scale, onnx.ints([-1])]);
  const scaled = onnx.step("embed/scaled", "Mul", [signed, byBlock]);
  const padded = onnx.step("embed/rows", "Reshape", [scaled, onnx.ints([0, 0, blocks * table.blockSize])]);
  return onnx.step("embed", "Slice", [padded, onnx.ints([0]), onnx.ints([table.shape[1]]), onnx.ints([2])]);
}

function floatTable(onnx: OnnxBuilder, table: WeightTensor): string {
  return onnx.once(NAME, () => onnx.floats(NAME, table.shape, toFloat32(table)));
}
