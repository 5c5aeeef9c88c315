import type { DecodeBlocks } from "./decode-blocks.js";
import { halfTable } from "./half-table.js";
import { kMinimum, kScale } from "./k-scales.js";

/**
 * 256 weights in 176 bytes: d, dmin (halves), scales[12], fifth bits[32], nibbles[128]; as Q4_K, with bit `group` of fifth
 * byte i as the top bit of the group's weight i.
 */
export const decodeQ5_K: DecodeBlocks = (bytes, out, at) => {
  const halves = halfTable();
  let o = at;
  for (let b = 0; b < bytes.length; b += 176) {
    const d = halves[(bytes[b] as number) | ((bytes[b + 1] as number) << 8)] as number;
    const dmin = halves[(bytes[b + 2] as number) | ((bytes[b + 3] as number) << 8)] as number;
    for (let group = 0; group < 8; group++) {
      const scale = d * kScale(bytes, b + 4, group);
      const minimum = dmin * kMinimum(bytes, b + 4, group);
      const nibbles = b + 48 + 32 * (group >> 1);
      const shift = 4 * (group & 1);
      for (let i = 0; i < 32; i++) {
        const fifth = (((bytes[b + 16 + i] as number) >> group) & 1) << 4;
        out[o++] = scale * ((((bytes[nibbles + i] as number) >> shift) & 15) | fifth) - minimum;
      }
    }
  }
};
