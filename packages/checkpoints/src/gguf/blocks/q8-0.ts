import type { DecodeBlocks } from "./decode-blocks.js";
import { halfTable } from "./half-table.js";

const BYTES = 34;

/** 32 weights in 34 bytes: d (half), q[32] (int8); w = d q. */
export const decodeQ8_0: DecodeBlocks = (bytes, out, at) => {
  const halves = halfTable();
  let o = at;
  for (let b = 0; b < bytes.length; b += BYTES) {
    const d = halves[(bytes[b] as number) | ((bytes[b + 1] as number) << 8)] as number;
    for (let i = b + 2; i < b + BYTES; i++) out[o++] = d * (((bytes[i] as number) << 24) >> 24);
  }
};

/** The same blocks taken apart without loss. @param block the first block's number in `data` and `scales` */
export function splitQ8_0(bytes: Uint8Array, data: Int8Array, scales: Float32Array, block: number): void {
  const halves = halfTable();
  let n = block;
  let o = 32 * block;
  for (let b = 0; b < bytes.length; b += BYTES) {
    scales[n++] = halves[(bytes[b] as number) | ((bytes[b + 1] as number) << 8)] as number;
    for (let i = b + 2; i < b + BYTES; i++) data[o++] = bytes[i] as number; // wraps to the sign
  }
}
