import { type Int4BlockTensor, type Int8BlockTensor, int8Blocks, type WeightTensor } from "@anabranch/core";
import { bytesOf, type OnnxBuilder } from "../../../src/lowering/onnx-builder.js";
import { ElementType } from "../../../src/proto/messages.js";
import { symmetricInt4 } from "./symmetric-int4.js";

export type QuantizedTensor = Int8BlockTensor | Int4BlockTensor;

export const areQuantized = (tensors: readonly WeightTensor[]): tensors is readonly QuantizedTensor[] =>
  tensors.every(({ format }) => format !== "f32");

/** Initializers as MatMulNBits reads them. */
export interface QuantizedWeights {
  /** uint8 [out, blocks, blockSize * bits / 8] */
  readonly data: string;
  /** f32 [out, blocks] */
  readonly scales: string;
  readonly bits: 4 | 8;
  readonly blocks: number;
}

/** Matrices of one format over the same columns, one under the other; written once. */
export function quantizedWeights(
  onnx: OnnxBuilder,
  name: string,
  tensors: readonly QuantizedTensor[],
): QuantizedWeights {
  const [{ format, blockSize, shape }] = tensors as readonly [QuantizedTensor];
  const rows = tensors.reduce((sum, tensor) => sum + tensor.shape[0], 0);
  const blocks = Math.ceil(shape[1] / blockSize);
  const bits = format === "int8-block" ? 8 : 4;
  const [data, scales] = [`${name}_quant`, `${name}_scales`];
  onnx.once(name, () => {
    const packed = tensors.map(pack);
    const bytes = packed.map((each) => each.data);
    onnx.initializer(data, ElementType.uint8, [rows, blocks, (blockSize * bits) / 8], bytes);
    const floats = packed.map((each) => bytesOf(each.scales));
    return onnx.initializer(scales, ElementType.float32, [rows, blocks], floats);
  });
  return { data, scales, bits, blocks };
}

function pack(tensor: QuantizedTensor): { data: Uint8Array; scales: Float32Array } {
  return tensor.format === "int8-block" ? { data: int8Blocks(tensor), scales: tensor.scales } : symmetricInt4(tensor);
}
