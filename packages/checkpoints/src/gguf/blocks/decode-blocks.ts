/**
 * Decodes whole blocks into float32, as ggml-quants.c does. What it computes in float32 is exact up to one rounding at the
 * end, so computing in float64 and rounding once gives the same bits.
 *
 * @param bytes the blocks, one after the other
 * @param out [blocks * weights of a block] from `at` on
 */
export type DecodeBlocks = (bytes: Uint8Array, out: Float32Array, at: number) => void;
