import { toFloat32, type WeightTensor } from "@anabranch/core";
import { int, type OnnxBuilder } from "../../../src/lowering/onnx-builder.js";
import { areQuantized, quantizedWeights } from "./quantized-weights.js";

/** x times matrices [out, in] over the same x, their rows side by side. @returns the product's name */
export function multiply(onnx: OnnxBuilder, x: string, name: string, tensors: readonly WeightTensor[]): string {
  if (!areQuantized(tensors)) return onnx.step(`${name}/MatMul`, "MatMul", [x, transposed(onnx, name, tensors)]);
  const { data, scales, bits } = quantizedWeights(onnx, name, tensors);
  return onnx.step(`${name}/MatMulNBits`, "MatMulNBits", [x, data, scales], {
    attributes: {
      K: int(columnsOf(tensors)),
      N: int(rowsOf(tensors)),
      bits: int(bits),
      block_size: int(tensors[0]?.blockSize as number),
      accuracy_level: int(4),
    },
    contrib: true,
  });
}

const columnsOf = (tensors: readonly WeightTensor[]): number => tensors[0]?.shape[1] as number;

const rowsOf = (tensors: readonly WeightTensor[]): number =>
  tensors.reduce((sum, { shape }) => sum + (shape[0] as number), 0);

/** [in, out], as exports have the second side of a MatMul. */
function transposed(onnx: OnnxBuilder, name: string, tensors: readonly WeightTensor[]): string {
  const [columns, rows] = [columnsOf(tensors), rowsOf(tensors)];
  const turned = new Float32Array(columns * rows);
  let at = 0;
  for (const tensor of tensors) {
    const data = toFloat32(tensor);
    for (let row = 0; row < (tensor.shape[0] as number); row++, at++) {
      for (let column = 0; column < columns; column++) {
        turned[column * rows + at] = data[row * columns + column] as number;
      }
    }
  }
  return onnx.floats(name, [columns, rows], turned);
}
