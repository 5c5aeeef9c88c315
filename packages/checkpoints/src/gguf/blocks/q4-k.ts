import type { DecodeBlocks } from "./decode-blocks.js";
import { halfTable } from "./half-table.js";
import { kMinimum, kScale } from "./k-scales.js";

/**
 * 256 weights in 144 bytes: d, dmin (halves), scales[12] of 8 groups of 32, nibbles[128]; w = d scale q - dmin minimum. Each
 * 32 bytes of nibbles hold two groups: the low nibbles one, the high nibbles the next.
 */
export const decodeQ4_K: DecodeBlocks = (bytes, out, at) => {
  const halves = halfTable();
  let o = at;
  for (let b = 0; b < bytes.length; b += 144) {
    const d = halves[(bytes[b] as number) | ((bytes[b + 1] as number) << 8)] as number;
    const dmin = halves[(bytes[b + 2] as number) | ((bytes[b + 3] as number) << 8)] as number;
    for (let group = 0; group < 8; group++) {
      const scale = d * kScale(bytes, b + 4, group);
      const minimum = dmin * kMinimum(bytes, b + 4, group);
      const nibbles = b + 16 + 32 * (group >> 1);
      const shift = 4 * (group & 1);
      for (let i = 0; i < 32; i++) out[o++] = scale * (((bytes[nibbles + i] as number) >> shift) & 15) - minimum;
    }
  }
};
