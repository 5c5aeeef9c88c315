import type { ActivationBits } from "../kernels.js";
import type { TiledMatrix } from "../weights/stored-weight.js";

/**
 * What a row's numbers are rounded to in a product with weights of 8 or 4 bits, by block of the weights.
 *
 * - int8: 8 bits, the fastest.
 * - mixed: int14 in the products that make queries, keys and values, where rounding hurts most for what it costs; int8 in the
 *   others.
 * - int14: 14 bits, after which nothing is lost but what the weights lost.
 */
export type RowPrecision = "int8" | "mixed" | "int14";

/** 14 bits are exact in 32-bit sums up to here. */
const LONGEST_BLOCK = 2048;

/** What rows keep in a product, by the name of its weights. */
export function rowBits(precision: RowPrecision): (matrix: TiledMatrix, parameter: string) => ActivationBits {
  return ({ blockSize }, parameter) => {
    if (precision === "int8" || blockSize > LONGEST_BLOCK) return 8;
    if (precision === "int14") return FINE;
    return /\.[qkv]_proj\./.test(parameter) ? FINE : 8;
  };
}

const FINE: ActivationBits = 14;
