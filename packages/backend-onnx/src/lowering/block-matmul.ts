import { withFineRows } from "./fine-rows.js";
import type { Lowering } from "./lowering.js";
import { type BlockWeights, matMulNBits } from "./mat-mul-n-bits.js";

export interface BlockProduct {
  /** Rows, [batch, rows, columns] */
  readonly x: string;
  readonly weights: BlockWeights;
  readonly bits: 4 | 8;
  /** Whether the rows keep 16 bits. */
  readonly fine: boolean;
}

/** Rows times weights in blocks, the rows rounded to 8 bits or to 16. */
export function blockMatMul(lowering: Lowering, { x, weights, bits, fine }: BlockProduct, out: string): void {
  const multiply = (rows: string, product: string) => matMulNBits(lowering.onnx, rows, weights, bits, product);
  if (fine) withFineRows(lowering, x, weights, out, multiply);
  else multiply(x, out);
}
