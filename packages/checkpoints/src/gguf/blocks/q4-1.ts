import type { DecodeBlocks } from "./decode-blocks.js";
import { halfTable } from "./half-table.js";

/** 32 weights in 20 bytes: d, m (halves), nibbles[16]; w = d q + m. Low nibbles are weights 0..15, high ones 16..31. */
export const decodeQ4_1: DecodeBlocks = (bytes, out, at) => {
  const halves = halfTable();
  let o = at;
  for (let b = 0; b < bytes.length; b += 20, o += 32) {
    const d = halves[(bytes[b] as number) | ((bytes[b + 1] as number) << 8)] as number;
    const m = halves[(bytes[b + 2] as number) | ((bytes[b + 3] as number) << 8)] as number;
    for (let i = 0; i < 16; i++) {
      const pair = bytes[b + 4 + i] as number;
      out[o + i] = d * (pair & 15) + m;
      out[o + 16 + i] = d * (pair >> 4) + m;
    }
  }
};
