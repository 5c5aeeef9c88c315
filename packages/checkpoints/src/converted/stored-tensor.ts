import { closeSync, openSync, readSync } from "node:fs";
import { type ByteRange, IoError, type StoredBytes, type WeightTensor } from "@anabranch/core";
import type { CopiedTensor } from "./manifest.js";

/**
 * A tensor of a converted copy. A runtime that maps files reads the file itself; for all others the numbers are read when they
 * are first asked for, and not kept here.
 */
export function storedTensor(file: string, copied: CopiedTensor): WeightTensor {
  const { format, shape, blockSize = 0, data, scales, offsets } = copied;
  const stored: StoredBytes = {
    file,
    data,
    ...(scales === undefined ? {} : { scales }),
    ...(offsets === undefined ? {} : { offsets }),
  };
  const floats = (range: ByteRange | undefined): Float32Array => new Float32Array(read(file, range).buffer);
  const tensor = {
    format,
    shape,
    stored,
    get data() {
      if (format === "f32") return floats(data);
      const bytes = read(file, data);
      return format === "int4-block" ? bytes : signed(bytes, shape as readonly [number, number], blockSize);
    },
    ...(format === "f32" ? {} : { blockSize }),
  };
  if (scales !== undefined) Object.defineProperty(tensor, "scales", { get: () => floats(scales), enumerable: true });
  if (offsets !== undefined) Object.defineProperty(tensor, "offsets", { get: () => floats(offsets), enumerable: true });
  return tensor as unknown as WeightTensor;
}

function read(file: string, range: ByteRange | undefined): Uint8Array {
  const { offset, length } = range as ByteRange;
  const bytes = new Uint8Array(length);
  const descriptor = openSync(file, "r");
  try {
    const count = readSync(descriptor, bytes, 0, length, offset);
    if (count === length) return bytes;
  } finally {
    closeSync(descriptor);
  }
  throw new IoError(`${file} ends before byte ${offset + length}.`, {
    subject: file,
    cure: "Delete the folder: it is made again from the model.",
  });
}

/** 8-bit weights as the file has them (128 is zero, whole blocks) to [out, in]. */
function signed(bytes: Uint8Array, [rows, columns]: readonly [number, number], blockSize: number): Int8Array {
  const padded = Math.ceil(columns / blockSize) * blockSize;
  const data = new Int8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      data[row * columns + column] = (bytes[row * padded + column] as number) - 128;
    }
  }
  return data;
}
