import { toFloat32 } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrices, matrix } from "../../test/support/arbitrary-matrix.js";
import { quantizeInt4 } from "./quantize-int4.js";

describe("quantizeInt4", () => {
  it("keeps every weight within half of a fifteenth of its block's range", () => {
    fc.assert(
      fc.property(matrices, fc.integer({ min: 1, max: 32 }), ([rows, columns, data], half) => {
        const blockSize = 2 * half;
        const quantised = quantizeInt4(matrix(rows, columns, data), blockSize);
        const back = toFloat32(quantised);
        for (let row = 0; row < rows; row++) {
          for (let from = 0; from < columns; from += blockSize) {
            const at = row * columns + from;
            const block = data.subarray(at, Math.min(at + blockSize, (row + 1) * columns));
            const range = Math.max(...block) - Math.min(...block);
            block.forEach((weight, index) => {
              expect(Math.abs((back[at + index] as number) - weight)).toBeLessThanOrEqual(range / 30 + 4e-6);
            });
          }
        }
      }),
    );
  });

  it.each([
    ["NOT_FINITE", matrix(1, 2, Float32Array.of(0, Number.NaN)), 32],
    ["INVALID_ARGUMENT", { format: "f32", shape: [1], data: new Float32Array(1) } as const, 32],
    ["INVALID_ARGUMENT", matrix(1, 1, new Float32Array(1)), 7],
  ])("refuses with %s", (code, tensor, blockSize) => {
    expect(() => quantizeInt4(tensor, blockSize)).toThrow(expect.objectContaining({ code }));
  });
});
