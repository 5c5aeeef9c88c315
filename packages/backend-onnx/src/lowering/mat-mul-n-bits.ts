import { int, type OnnxBuilder } from "./onnx-builder.js";

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

/**
 * Rows times weights in blocks. accuracy_level 4: rows are rounded to 8 bits by block as well. (Level 1 keeps them float32 and
 * takes seven times as long as float32 weights.)
 */
export function matMulNBits(onnx: OnnxBuilder, rows: string, weights: BlockWeights, bits: 4 | 8, out: string): void {
  onnx.node("MatMulNBits", [rows, weights.data, weights.scales], [out], {
    attributes: {
      K: int(weights.columns),
      N: int(weights.out),
      bits: int(bits),
      block_size: int(weights.blockSize),
      accuracy_level: int(4),
    },
    contrib: true,
  });
}
