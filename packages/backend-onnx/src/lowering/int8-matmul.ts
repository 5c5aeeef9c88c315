import type { Int8BlockTensor } from "@anabranch/core";
import { int8Weights } from "./int8-weights.js";
import type { Lowering } from "./lowering.js";
import { int } from "./onnx-builder.js";

/**
 * accuracy_level 4: rows are rounded to int8 by block as well. (Level 1 keeps them float32 and takes seven times as long
 * as float32 weights.)
 */
export function int8MatMul(
  lowering: Lowering,
  x: string,
  names: readonly string[],
  tensors: readonly Int8BlockTensor[],
  out: string,
): void {
  const weights = int8Weights(lowering, names, tensors);
  lowering.onnx.node("MatMulNBits", [x, weights.data, weights.scales], [out], {
    attributes: {
      K: int(weights.columns),
      N: int(weights.out),
      bits: int(8),
      block_size: int(weights.blockSize),
      accuracy_level: int(4),
    },
    contrib: true,
  });
}
