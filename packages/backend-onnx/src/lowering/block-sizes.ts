import { UnsupportedError } from "@anabranch/core";

const BLOCK_SIZES = [16, 32, 64, 128, 256];

/** @throws UnsupportedError for a block size that MatMulNBits has not. */
export function checkBlockSize(name: string, blockSize: number, bits: number): void {
  if (BLOCK_SIZES.includes(blockSize)) return;
  throw new UnsupportedError(`ONNX Runtime has no ${bits}-bit matmul with blocks of ${blockSize}, as ${name} has.`, {
    subject: name,
    cure: `Quantise in blocks of ${BLOCK_SIZES.join(", ")}, or give the weights as float32.`,
  });
}
