import type { Int4BlockTensor, NodeOf } from "@anabranch/core";
import { ElementType } from "../proto/messages.js";
import { int4Weights } from "./int4-weights.js";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";

/** Only the rows asked for are dequantised; a tied head reads the same bytes. */
export function embedInt4(lowering: Lowering, node: NodeOf<"embed">, tensor: Int4BlockTensor): void {
  const [table, tokens] = node.inputs;
  const [out] = node.outputs;
  const { onnx } = lowering;
  const weights = int4Weights(lowering, [table], [tensor]);
  const { blocks, blockSize, columns } = weights;
  const indices = lowering.name(tokens);
  const gather = (what: string, from: string): string => onnx.step(`${out}/${what}`, "Gather", [from, indices]);
  const byBlock = (what: string, from: string): string =>
    onnx.step(`${out}/${what}_by_block`, "Unsqueeze", [gather(what, from), onnx.ints([-1])]);
  const bytes = gather("bytes", weights.data);
  const byte = (value: number): string =>
    onnx.once(`byte ${value}`, () => onnx.initializer(`byte(${value})`, ElementType.uint8, [], [Uint8Array.of(value)]));
  const low = onnx.step(`${out}/low`, "BitwiseAnd", [bytes, byte(15)]);
  const high = onnx.step(`${out}/high`, "Div", [bytes, byte(16)]);
  const nibbles = [low, high].map((nibble) => onnx.step(`${nibble}/apart`, "Unsqueeze", [nibble, onnx.ints([-1])]));
  const pairs = onnx.step(`${out}/pairs`, "Concat", nibbles, { attributes: { axis: int(-1) } });
  const inBlocks = onnx.step(`${out}/in_blocks`, "Reshape", [pairs, onnx.ints([0, 0, blocks, blockSize])]);
  const numbers = onnx.step(`${out}/numbers`, "Cast", [inBlocks], { attributes: { to: int(ElementType.float32) } });
  const signed = onnx.step(`${out}/signed`, "Sub", [numbers, onnx.float(8)]);
  let values = onnx.step(`${out}/scaled`, "Mul", [signed, byBlock("scales", weights.scales)]);
  if (weights.offsets !== undefined) {
    values = onnx.step(`${out}/offset`, "Add", [values, byBlock("offsets", weights.offsets)]);
  }
  const padded = blocks * blockSize;
  const whole = onnx.step(`${out}/padded`, "Reshape", [values, onnx.ints([0, 0, padded])]);
  lowering.emit(out, "Slice", [whole, onnx.ints([0]), onnx.ints([columns]), onnx.ints([2])]);
}
