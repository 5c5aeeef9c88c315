import { InvalidArgumentError, NotFiniteError } from "@anabranch/core";
import { float32ToF16 } from "../../safetensors/half-floats.js";

/** The types that float32 can be written as. */
export type WritableType = "F32" | "F16" | "Q8_0";

/**
 * Rows of float32 as the bytes of a GGUF tensor.
 *
 * @param data whole rows; for Q8_0 a multiple of 32 values, finite ones
 * @throws InvalidArgumentError, NotFiniteError
 */
export function encodeBlocks(type: WritableType, data: Float32Array): Uint8Array {
  if (type === "F32") return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (type === "F16") return new Uint8Array(float32ToF16(data).buffer);
  return encodeQ8_0(data);
}

/** As quantize_row_q8_0_ref: the largest magnitude of 32 becomes ±127, and the scale is rounded after it was used. */
function encodeQ8_0(data: Float32Array): Uint8Array {
  if (data.length % 32 !== 0) {
    throw new InvalidArgumentError(`Q8_0 has blocks of 32, and there are ${data.length} weights.`, { subject: "data" });
  }
  const blocks = data.length / 32;
  const bytes = new Uint8Array(blocks * 34);
  const scales = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    let largest = 0;
    for (let i = 32 * block; i < 32 * block + 32; i++) largest = Math.max(largest, Math.abs(data[i] as number));
    if (!Number.isFinite(largest))
      throw new NotFiniteError(`A weight among ${32 * block} to ${32 * block + 31} is not.`);
    const scale = Math.fround(largest / 127);
    scales[block] = scale;
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    for (let i = 0; i < 32; i++) {
      bytes[34 * block + 2 + i] = roundAway(Math.fround((data[32 * block + i] as number) * inverse));
    }
  }
  const halves = float32ToF16(scales);
  for (let block = 0; block < blocks; block++) {
    bytes[34 * block] = (halves[block] as number) & 255;
    bytes[34 * block + 1] = (halves[block] as number) >> 8;
  }
  return bytes;
}

/** C's roundf: halves away from zero. */
const roundAway = (value: number): number => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
