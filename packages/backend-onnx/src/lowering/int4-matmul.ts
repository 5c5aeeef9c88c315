import type { Int4BlockTensor } from "@anabranch/core";
import { blockMatMul } from "./block-matmul.js";
import { type Int4Weights, int4Weights } from "./int4-weights.js";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";

/**
 * MatMulNBits has integer zero points; with real ones its kernel is 15 times slower. So the blocks' offsets are a product of
 * their own: x times a block's offset is the sum of x over the block, times the offset. It reads a number a block, and keeps
 * every value of Q4_1.
 */
export function int4MatMul(
  lowering: Lowering,
  x: string,
  names: readonly string[],
  tensors: readonly Int4BlockTensor[],
  out: string,
  fine: boolean,
): void {
  const { onnx } = lowering;
  const weights = int4Weights(lowering, names, tensors);
  const product = weights.offsets === undefined ? out : onnx.freeName(`${out}/scaled`);
  blockMatMul(lowering, { x, weights, bits: 4, fine }, product);
  if (weights.offsets === undefined) return;
  const moved = onnx.step(`${out}/offset`, "FusedMatMul", [blockSums(lowering, x, weights), weights.offsets], {
    attributes: { transB: int(1) },
    contrib: true,
  });
  onnx.node("Add", [product, moved], [out]);
}

/** Sums of rows over the blocks, [batch, rows, blocks]: a product with zeros and ones, since the last block may be short. */
function blockSums({ onnx }: Lowering, x: string, { columns, blocks, blockSize }: Int4Weights): string {
  return onnx.once(`block sums ${blockSize} ${x}`, () => {
    const belongs = onnx.once(`blocks ${columns} ${blockSize}`, () => {
      const table = new Float32Array(columns * blocks);
      for (let column = 0; column < columns; column++) table[column * blocks + Math.floor(column / blockSize)] = 1;
      return onnx.floats(`blocks.${columns}.${blockSize}`, [columns, blocks], table);
    });
    return onnx.step(`${x}/block_sums`, "MatMul", [x, belongs]);
  });
}
