import type { DecodeBlocks } from "./decode-blocks.js";
import { halfTable } from "./half-table.js";

/** 32 weights in 18 bytes: d (half), nibbles[16]; w = d (q - 8). Low nibbles are weights 0..15, high ones 16..31. */
export const decodeQ4_0: DecodeBlocks = (bytes, out, at) => {
  const halves = halfTable();
  let o = at;
  for (let b = 0; b < bytes.length; b += 18, o += 32) {
    const d = halves[(bytes[b] as number) | ((bytes[b + 1] as number) << 8)] as number;
    for (let i = 0; i < 16; i++) {
      const pair = bytes[b + 2 + i] as number;
      out[o + i] = d * ((pair & 15) - 8);
      out[o + 16 + i] = d * ((pair >> 4) - 8);
    }
  }
};
