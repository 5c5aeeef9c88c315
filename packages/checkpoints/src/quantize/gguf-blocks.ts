import type { Int4BlockTensor } from "@anabranch/core";
import { halfTable } from "../gguf/blocks/half-table.js";

/** Weights a block of Q4_0 and Q4_1. */
const BLOCK = 32;

/**
 * A Q4_0 or Q4_1 matrix without rounding: Q4_0 is `d (q - 8)`, Q4_1 `d q + m`, which is `d (q - 8)` with the offset `m + 8 d` (a
 * sum that is rounded to float32 once). In ggml's block byte j holds weight j and, above it, weight j + 16.
 *
 * @param bytes the tensor's blocks as they lie in the file
 */
export function readQ4(type: "Q4_0" | "Q4_1", bytes: Uint8Array, shape: readonly [number, number]): Int4BlockTensor {
  const hasMinimum = type === "Q4_1";
  const head = hasMinimum ? 4 : 2;
  const stride = head + BLOCK / 2;
  const count = bytes.length / stride;
  const half = halfTable();
  const data = new Uint8Array((count * BLOCK) / 2);
  const scales = new Float32Array(count);
  const offsets = hasMinimum ? new Float32Array(count) : undefined;
  const at16 = (at: number): number => half[(bytes[at] as number) | ((bytes[at + 1] as number) << 8)] as number;
  for (let block = 0; block < count; block++) {
    const from = block * stride;
    const scale = at16(from);
    scales[block] = scale;
    if (offsets !== undefined) offsets[block] = at16(from + 2) + 8 * scale;
    interleave(bytes, from + head, data, (block * BLOCK) / 2);
  }
  const tensor = { format: "int4-block", shape, data, blockSize: BLOCK, scales } as const;
  return offsets === undefined ? tensor : { ...tensor, offsets };
}

/** ggml's halves beside each other become neighbours in a byte. */
function interleave(from: Uint8Array, at: number, to: Uint8Array, begin: number): void {
  for (let pair = 0; pair < 8; pair++) {
    const first = from[at + 2 * pair] as number;
    const second = from[at + 2 * pair + 1] as number;
    to[begin + pair] = (first & 15) | ((second & 15) << 4);
    to[begin + 8 + pair] = (first >> 4) | (second & 0xf0);
  }
}
