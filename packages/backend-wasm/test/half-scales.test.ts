import { describe, expect, it } from "vitest";
import { hasHalfScales } from "../src/weights/half-scales.js";

/** A matrix of one block a scale. */
const withScales = (scales: Float32Array) =>
  ({
    format: "int8-block",
    shape: [scales.length, 32],
    data: new Int8Array(scales.length * 32),
    blockSize: 32,
    scales,
  }) as const;

/** Every 16-bit float that is neither negative nor infinite. */
const halves = Float32Array.from({ length: 0x7c00 }, (_, bits) => {
  const [exponent, mantissa] = [bits >> 10, bits & 0x3ff];
  return exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25);
});

const converter = new Uint32Array(1);
const asFloat = new Float32Array(converter.buffer);

/** The float32 next to one that is not negative, away from zero. */
function nextFloat(value: number): number {
  asFloat[0] = value;
  converter[0] = (converter[0] as number) + 1;
  return asFloat[0] as number;
}

describe("hasHalfScales", () => {
  it("takes every 16-bit float that is not negative", () => {
    expect(hasHalfScales(withScales(halves))).toBe(true);
  });

  it("takes none of their neighbours", () => {
    for (const half of halves) {
      if (hasHalfScales(withScales(Float32Array.of(nextFloat(half))))) throw new Error(`${half} and the next`);
    }
  });

  it.each([-1, 65536, Number.POSITIVE_INFINITY, Number.NaN, 2 ** -25])("does not take %d", (scale) => {
    expect(hasHalfScales(withScales(Float32Array.of(scale)))).toBe(false);
  });
});
