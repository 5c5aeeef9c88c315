import type { DecodeBlocks } from "./decode-blocks.js";
import { halfTable } from "./half-table.js";

/** 32 weights in 24 bytes: d, m (halves), fifth bits (u32, bit i of weight i), nibbles[16] as in Q4_0; w = d q + m. */
export const decodeQ5_1: DecodeBlocks = (bytes, out, at) => {
  const halves = halfTable();
  let o = at;
  for (let b = 0; b < bytes.length; b += 24, o += 32) {
    const d = halves[(bytes[b] as number) | ((bytes[b + 1] as number) << 8)] as number;
    const m = halves[(bytes[b + 2] as number) | ((bytes[b + 3] as number) << 8)] as number;
    const low = (bytes[b + 4] as number) | ((bytes[b + 5] as number) << 8);
    const high = (bytes[b + 6] as number) | ((bytes[b + 7] as number) << 8);
    for (let i = 0; i < 16; i++) {
      const pair = bytes[b + 8 + i] as number;
      out[o + i] = d * ((pair & 15) | (((low >> i) & 1) << 4)) + m;
      out[o + 16 + i] = d * ((pair >> 4) | (((high >> i) & 1) << 4)) + m;
    }
  }
};
