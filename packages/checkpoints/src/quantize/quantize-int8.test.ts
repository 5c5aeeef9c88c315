import { type Int8BlockTensor, toFloat32 } from "@anabranch/core";
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

  it("keeps what lies between weights that stand on steps, or rounds them as others", () => {
    const levels = fc.array(fc.nat(15), { minLength: 16, maxLength: 16 });
    const step = fc.double({ min: 1e-3, max: 1, noNaN: true });
    const offset = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(levels, step, offset, fc.boolean(), (codes, size, steps, isNegative) => {
        const d = Math.fround(isNegative ? -size : size);
        const weights = Float32Array.from(codes, (code) => (steps + code) * d);
        const largest = Math.max(...weights.map(Math.abs));
        const plain = quantizeInt8(matrix(1, 16, weights), 16);
        const quantised = quantizeInt8(matrix(1, 16, weights), 16, Float32Array.of(d));
        const errors = toFloat32(quantised).map((back, at) => back - (weights[at] as number));
        if (quantised.scales[0] === plain.scales[0]) {
          expect(quantised.data).toEqual(plain.data);
        } else {
          expect(Math.max(...errors) - Math.min(...errors)).toBeLessThan(1e-6 * largest);
          expect(Math.max(...errors.map(Math.abs))).toBeLessThan((largest / 127) * 0.2501);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("loses half or less of what rounding 4-bit weights anew loses", () => {
    const codes = Array.from({ length: 320 }, (_, at) => (at * at * 7 + at) % 16);
    const offsets = Array.from({ length: 10 }, (_, block) => -6 - (block % 4) - block / 11);
    const weights = Float32Array.from(codes, (code, at) => (offsets[at >> 5] as number) + code);
    const lost = (tensor: Int8BlockTensor): number =>
      toFloat32(tensor).reduce((sum, back, at) => sum + Math.abs(back - (weights[at] as number)), 0);
    const [anew, kept] = [undefined, new Float32Array(10).fill(1)].map((steps) =>
      lost(quantizeInt8(matrix(1, 320, weights), 32, steps)),
    ) as [number, number];
    expect(kept).toBeLessThan(anew / 2);
  });

  it("takes blocks of one weight, repeated, whatever the step", () => {
    for (const step of [1e-30, 1, 1e30]) {
      const quantised = quantizeInt8(matrix(1, 4, new Float32Array(4).fill(0.25)), 4, Float32Array.of(step));
      for (const back of toFloat32(quantised)) expect(back).toBeCloseTo(0.25, 6);
    }
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
