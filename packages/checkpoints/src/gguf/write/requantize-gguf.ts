import type { GgufFile } from "../open-gguf.js";
import type { GgufTensor } from "../tensor-info.js";
import { encodeBlocks, type WritableType } from "./encode-blocks.js";
import { type NewGgufTensor, writeGguf } from "./write-gguf.js";

/** llama.cpp's numbers for `general.file_type`. */
const FILE_TYPES: Readonly<Record<WritableType, number>> = { F32: 0, F16: 1, Q8_0: 7 };

/**
 * Writes a GGUF file again with its matrices in another format; vectors stay float32, and everything else is kept. Matrices
 * that have the format already are copied byte for byte.
 *
 * @throws UnsupportedError for a tensor that cannot be decoded; and what `writeGguf` throws
 */
export async function requantizeGguf(file: GgufFile, path: string, type: WritableType): Promise<void> {
  const tensors: NewGgufTensor[] = [];
  for (const tensor of file.tensors.values()) tensors.push(await convert(file, tensor, type));
  const metadata = new Map(file.metadata).set("general.file_type", FILE_TYPES[type]);
  const metadataTypes = new Map(file.metadataTypes).set("general.file_type", "u32");
  await writeGguf(path, { metadata, metadataTypes }, tensors);
}

async function convert(file: GgufFile, tensor: GgufTensor, type: WritableType): Promise<NewGgufTensor> {
  const { name, shape } = tensor;
  const wanted = shape.length < 2 ? "F32" : type;
  if (tensor.type === wanted) return { name, shape, type: wanted, bytes: await file.readBytes(name) };
  return { name, shape, type: wanted, bytes: encodeBlocks(wanted, (await file.readFloats(name)).data) };
}
