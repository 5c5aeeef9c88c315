import { toFloat32 } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockDecoders, type DecodeBlocks } from "../gguf/blocks/index.js";
import { readQ4 } from "./gguf-blocks.js";

describe("4-bit matrices of a GGUF file", () => {
  it.each([
    ["Q4_0", 18, 0],
    // m + 8 d is rounded to float32 once: some 1e-7 of the larger of the two.
    ["Q4_1", 20, 2e-7],
  ] as const)("%s keeps the values that the decoder gives", (type, stride, tolerance) => {
    // Finite halves: an exponent of 31 is infinity or NaN.
    const half = fc.integer({ min: 0, max: 0x7bff });
    const block = fc.tuple(half, half, fc.uint8Array({ minLength: 16, maxLength: 16 }));
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => {
        const bytes = new Uint8Array(blocks.length * stride);
        const view = new DataView(bytes.buffer);
        blocks.forEach(([scale, minimum, quants], index) => {
          view.setUint16(index * stride, scale, true);
          if (stride === 20) view.setUint16(index * stride + 2, minimum, true);
          bytes.set(quants, (index + 1) * stride - 16);
        });
        const decoded = new Float32Array(32 * blocks.length);
        (blockDecoders[type] as DecodeBlocks)(bytes, decoded, 0);
        const ours = toFloat32(readQ4(type, bytes, [blocks.length, 32]));
        const largest = decoded.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        decoded.forEach((value, index) => {
          expect(Math.abs((ours[index] as number) - value)).toBeLessThanOrEqual(tolerance * 8 * largest);
        });
      }),
    );
  });
});
