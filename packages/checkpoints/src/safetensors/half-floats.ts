/** bfloat16 is the upper half of a float32. */
export function bf16ToFloat32(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE 754 half precision: 1 sign, 5 exponent (bias 15), 10 fraction bits. Every value is exact in float32. */
export function f16ToFloat32(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = widen(halves[i] as number);
  return new Float32Array(bits.buffer);
}

function widen(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: fraction * 2^-24. Shift until the leading one stands where float32 leaves it out.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** Rounds to the nearest half, ties to even, as IEEE 754 has it; what is too large becomes infinite. */
export function float32ToF16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) halves[i] = narrow(bits[i] as number);
  return halves;
}

function narrow(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00;
  if (size >= 0x47800000) return sign | 0x7c00;
  // A carry out of the fraction goes into the exponent, up to infinity, as it should.
  if (size >= 0x38800000) return sign | ((size - 0x38000000 + 0xfff + ((size >> 13) & 1)) >> 13);
  const shift = 126 - (size >> 23);
  if (shift > 24) return sign;
  const fraction = (size & 0x7fffff) | 0x800000;
  const whole = fraction >> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (whole + (rest > half || (rest === half && (whole & 1) === 1) ? 1 : 0));
}
