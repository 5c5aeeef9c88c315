import { withFineRows } from "./fine-rows.js";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";

/** Weights in blocks as MatMulNBits reads them: names of initializers, and their extent. */
export interface BlockWeights {
  /** uint8 [out, blocks, blockSize * bits / 8] */
  readonly data: string;
  /** f32 [out, blocks] */
  readonly scales: string;
  readonly out: number;
  readonly columns: number;
  readonly blockSize: number;
}

export interface BlockProduct {
  /** Rows, [batch, rows, columns] */
  readonly x: string;
  readonly weights: BlockWeights;
  readonly bits: 4 | 8;
  /** Whether the rows keep 16 bits. */
  readonly fine: boolean;
}

/**
 * Rows times weights in blocks. accuracy_level 4: rows are rounded to 8 bits by block as well. (Level 1 keeps them float32 and
 * takes seven times as long as float32 weights.)
 */
export function blockMatMul(lowering: Lowering, product: BlockProduct, out: string): void {
  const { x, weights, bits, fine } = product;
  const { data, scales, out: rows, columns, blockSize } = weights;
  const multiply = (input: string, result: string): void => {
    lowering.onnx.node("MatMulNBits", [input, data, scales], [result], {
      attributes: {
        K: int(columns),
        N: int(rows),
        bits: int(bits),
        block_size: int(blockSize),
        accuracy_level: int(4),
      },
      contrib: true,
    });
  };
  if (fine) withFineRows(lowering, x, weights, out, multiply);
  else multiply(x, out);
}
