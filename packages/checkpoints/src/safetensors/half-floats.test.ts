import { describe, expect, it } from "vitest";
import { bf16ToFloat32, f16ToFloat32, float32ToF16 } from "./half-floats.js";

const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);

describe("half precision", () => {
  it("widens every float16 as IEEE 754 defines it", () => {
    const wide = f16ToFloat32(all);
    for (const half of all) {
      const sign = half & 0x8000 ? -1 : 1;
      const exponent = (half >> 10) & 31;
      const fraction = (half & 1023) / 1024;
      const normal = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
      const special = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
      expect(Object.is(wide[half], exponent === 31 ? sign * special : sign * normal), `half ${half}`).toBe(true);
    }
  });

  it("widens every bfloat16 by its upper bits", () => {
    const bits = new Uint32Array(bf16ToFloat32(all).buffer);
    expect(all.every((half) => bits[half] === half * 65_536)).toBe(true);
  });
});

describe("float32ToF16", () => {
  const finite = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);

  it("gives every half back", () => {
    expect(float32ToF16(f16ToFloat32(finite))).toEqual(finite);
  });

  it("rounds to the nearest, ties to even", () => {
    const positive = finite.filter((bits) => bits < 0x7bff);
    const below = f16ToFloat32(positive);
    const above = f16ToFloat32(positive.map((bits) => bits + 1));
    const middle = below.map((value, i) => (value + (above[i] as number)) / 2);
    expect(float32ToF16(middle)).toEqual(positive.map((bits) => bits + (bits & 1)));
    const less = middle.map((value) => value * (1 - 2 ** -20));
    expect(float32ToF16(less)).toEqual(positive);
  });

  it("makes infinite what is too large, and zero what is too small", () => {
    const values = Float32Array.of(65_519, 65_520, -1e9, Number.POSITIVE_INFINITY, 2 ** -25, -(2 ** -26), Number.NaN);
    expect([...float32ToF16(values)]).toEqual([0x7bff, 0x7c00, 0xfc00, 0x7c00, 0, 0x8000, 0x7e00]);
  });
});
