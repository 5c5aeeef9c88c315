import type { WeightTensor } from "@anabranch/core";

/**
 * Whether a matrix can be laid in tiles with scales of 16 bits and lose nothing: blocks of 8-bit weights whose scales are
 * 16-bit floats, as those of GGUF's Q8_0 are.
 */
export function hasHalfScales(tensor: WeightTensor): boolean {
  if (tensor.format !== "int8-block") return false;
  const { buffer, byteOffset, length } = tensor.scales;
  const bits = new Uint32Array(buffer, byteOffset, length);
  return bits.every(isHalf);
}

/** Whether 32-bit float bits stand for a number that a 16-bit float holds, not negative. */
function isHalf(bits: number): boolean {
  // From 2^-14 to 65504 the 10 upper bits of the mantissa are there; below, down to 2^-24, a bit fewer each time by half.
  const exponent = bits >>> 23;
  if (exponent >= 113) return exponent <= 142 && (bits & 0x1fff) === 0;
  if (bits === 0) return true;
  return exponent >= 103 && (bits & (2 ** (126 - exponent) - 1)) === 0;
}
