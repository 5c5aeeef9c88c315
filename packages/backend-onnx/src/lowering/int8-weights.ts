import { type Int8BlockTensor, int8Blocks } from "@anabranch/core";
import { ElementType } from "../proto/messages.js";
import { checkBlockSize } from "./block-sizes.js";
import type { Lowering } from "./lowering.js";
import { bytesOf } from "./onnx-builder.js";
import { weightParts } from "./weight-parts.js";

/** Initializers of int8 weights as MatMulNBits reads them; matrices over the same rows lie one under the other. */
export interface Int8Weights {
  /** uint8 [out, blocks, blockSize], 128 being zero */
  readonly data: string;
  /** f32 [out, blocks] */
  readonly scales: string;
  readonly out: number;
  readonly columns: number;
  readonly blocks: number;
  readonly blockSize: number;
}

/** @throws UnsupportedError for a block size that MatMulNBits has not. */
export function int8Weights(
  lowering: Lowering,
  names: readonly string[],
  tensors: readonly Int8BlockTensor[],
): Int8Weights {
  const first = tensors[0] as Int8BlockTensor;
  const { blockSize } = first;
  const columns = first.shape[1];
  checkBlockSize(names[0] as string, blockSize, 8);
  const blocks = Math.ceil(columns / blockSize);
  const out = tensors.reduce((sum, tensor) => sum + tensor.shape[0], 0);
  const name = names.join("|");
  const { onnx } = lowering;
  const data = onnx.once(`int8 ${name}`, () => {
    const parts = weightParts(lowering, tensors, "data", () => tensors.map(int8Blocks));
    return onnx.initializer(name, ElementType.uint8, [out, blocks, blockSize], parts);
  });
  const scales = onnx.once(`scales ${name}`, () => {
    const parts = weightParts(lowering, tensors, "scales", () => tensors.map(({ scales }) => bytesOf(scales)));
    return onnx.initializer(`${name}.scales`, ElementType.float32, [out, blocks], parts);
  });
  return { data, scales, out, columns, blocks, blockSize };
}
