import type { DecodeBlocks } from "./decode-blocks.js";
import { halfTable } from "./half-table.js";

/**
 * 256 weights in 210 bytes: low[128] (nibbles), high[64] (bit pairs), scales[16] (int8, a scale for 16 weights), d (half);
 * w = d scale (q - 32). In each half of 128 weights, quarter k of 32 takes its nibbles from bytes 32 (k % 2) .. of the half's
 * 64 (the low ones for k < 2, else the high ones) and its pairs from bits 2k of the half's 32 bytes.
 */
export const decodeQ6_K: DecodeBlocks = (bytes, out, at) => {
  const halves = halfTable();
  let o = at;
  for (let b = 0; b < bytes.length; b += 210) {
    const d = halves[(bytes[b + 208] as number) | ((bytes[b + 209] as number) << 8)] as number;
    for (let quarter = 0; quarter < 8; quarter++) {
      const half = quarter >> 2;
      const k = quarter & 3;
      const low = b + 64 * half + 32 * (k & 1);
      const high = b + 128 + 32 * half;
      for (let part = 0; part < 2; part++) {
        const scale = d * (((bytes[b + 192 + 2 * quarter + part] as number) << 24) >> 24);
        for (let i = 16 * part; i < 16 * part + 16; i++) {
          const nibble = ((bytes[low + i] as number) >> (4 * (k >> 1))) & 15;
          const pair = ((bytes[high + i] as number) >> (2 * k)) & 3;
          out[o++] = scale * ((nibble | (pair << 4)) - 32);
        }
      }
    }
  }
};
