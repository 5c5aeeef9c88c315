import { toFloat32 } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrices, matrix } from "../../test/support/arbitrary-matrix.js";
import { quantizeInt4 } from "./quantize-int4.js";
import { quantizeInt8 } from "./quantize-int8.js";

describe("quantizeInt8", () => {
  it.each([quantizeInt8, quantizeInt4])(
    "asks a tensor for its numbers once, which may stand in a file: %o",
    (quantize) => {
      let asked = 0;
      const numbers = Float32Array.from({ length: 64 }, (_, at) => Math.sin(at));
      const stored = {
        format: "f32" as const,
        shape: [8, 8],
        get data() {
          asked++;
          return numbers;
        },
      };
      quantize(stored, 4);
      expect(asked).toBe(1);
    },
  );

  it("keeps every weight within half a scale, and each block's largest as ±127", () => {
    fc.assert(
      fc.property(matrices, fc.integer({ min: 1, max: 64 }), ([rows, columns, data], blockSize) => {
        const quantised = quantizeInt8(matrix(rows, columns, data), blockSize);
        const blocks = Math.ceil(columns / blockSize);
        const back = toFloat32(quantised);
        expect(quantised.scales).toHaveLength(rows * blocks);
        const largest = new Map<number, number>();
        for (let i = 0; i < data.length; i++) {
          const block = Math.floor(i / columns) * blocks + Math.floor((i % columns) / blockSize);
          const scale = quantised.scales[block] as number;
          // float32's subnormal scales are coarse; 2^-149 is their step, times 127.
          expect(Math.abs((back[i] as number) - (data[i] as number))).toBeLessThanOrEqual(scale * 0.50001 + 2 ** -142);
          largest.set(block, Math.max(largest.get(block) ?? 0, Math.abs(quantised.data[i] as number)));
        }
        for (const [block, value] of largest) {
          const scale = quantised.scales[block] as number;
          if (scale > 2 ** -126) expect(value).toBe(127);
        }
      }),
    );
  });

  it("gives zeros for zeros", () => {
    const quantised = quantizeInt8(matrix(1, 3, new Float32Array(3)), 2);
    expect([...quantised.data, ...quantised.scales]).toEqual([0, 0, 0, 0, 0]);
  });

  it.each([
    ["NOT_FINITE", matrix(1, 1, Float32Array.of(Number.NaN)), 32],
    ["NOT_FINITE", matrix(1, 1, Float32Array.of(Number.NEGATIVE_INFINITY)), 32],
    ["INVALID_ARGUMENT", { format: "f32", shape: [1], data: new Float32Array(1) } as const, 32],
    ["INVALID_ARGUMENT", matrix(1, 1, new Float32Array(1)), 0],
  ])("refuses with %s", (code, tensor, blockSize) => {
    expect(() => quantizeInt8(tensor, blockSize)).toThrow(expect.objectContaining({ code }));
  });
});
