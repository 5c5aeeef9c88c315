import type { DecodeBlocks } from "./decode-blocks.js";
import { halfTable } from "./half-table.js";

/** 4 bytes a weight. */
export const decodeF32: DecodeBlocks = (bytes, out, at) => {
  new Uint8Array(out.buffer, out.byteOffset + 4 * at, bytes.length).set(bytes);
};

/** IEEE half precision, 2 bytes a weight. */
export const decodeF16: DecodeBlocks = (bytes, out, at) => {
  const halves = halfTable();
  const count = bytes.length / 2;
  for (let i = 0; i < count; i++) {
    out[at + i] = halves[(bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)] as number;
  }
};

/** The upper half of a float32, 2 bytes a weight. */
export const decodeBf16: DecodeBlocks = (bytes, out, at) => {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  const count = bytes.length / 2;
  for (let i = 0; i < count; i++) {
    bits[at + i] = ((bytes[2 * i] as number) << 16) | ((bytes[2 * i + 1] as number) << 24);
  }
};
