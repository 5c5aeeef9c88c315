import { InvalidArgumentError, type WeightTensor } from "@anabranch/core";

/** Weights a scale, as GGUF files have them. */
export const DEFAULT_BLOCK_SIZE = 32;

/** @throws InvalidArgumentError for anything but a matrix and a positive block size, even where `even` */
export function checkBlocks({ shape }: WeightTensor, blockSize: number, even = false): readonly [number, number] {
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined || shape.length !== 2) {
    throw new InvalidArgumentError(`Only matrices are quantised; this tensor has shape [${shape}].`);
  }
  if (!Number.isSafeInteger(blockSize) || blockSize < 1 || (even && blockSize % 2 !== 0)) {
    throw new InvalidArgumentError(`blockSize is ${blockSize}; it must be a positive ${even ? "even " : ""}integer.`, {
      subject: "blockSize",
    });
  }
  return [rows, columns];
}
