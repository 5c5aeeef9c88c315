import { describe, expect, it } from "vitest";
import { bf16ToFloat32, f16ToFloat32 } from "./half-floats.js";

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
