import { InvalidArgumentError } from "@anabranch/core";
import { joinParts } from "../../bytes/folder.js";
import { replaceFiles } from "../../bytes/replace-files.js";
import { ALIGNMENT_KEY, DEFAULT_ALIGNMENT, MAGIC } from "../header.js";
import type { GgufMetadata } from "../metadata.js";
import { blockOf, type GgufTensorType, tensorTypeNumber } from "../tensor-type.js";
import { HeaderWriter } from "./header-writer.js";

/** A tensor to write: its blocks as they will lie in the file (`encodeBlocks` makes them). */
export interface NewGgufTensor {
  readonly name: string;
  readonly type: GgufTensorType;
  /** Row-major, outermost first. */
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * Writes a GGUF file, version 3, that llama.cpp reads. The same tensors give the same bytes.
 *
 * @param metadata keys with values and types; that of an open file can be passed on
 * @throws InvalidArgumentError (a tensor's bytes do not fill its shape, a name stands twice, a value is not of its type);
 *   IoError (no half file stays behind)
 */
export async function writeGguf(
  path: string,
  metadata: GgufMetadata,
  tensors: readonly NewGgufTensor[],
): Promise<void> {
  await replaceFiles([{ path, parts: ggufParts(metadata, tensors) }]);
}

/** The file of {@link writeGguf} in memory. */
export function encodeGguf(metadata: GgufMetadata, tensors: readonly NewGgufTensor[]): Uint8Array {
  return joinParts(ggufParts(metadata, tensors));
}

/** Header and data, the data being views of the tensors' own memory. */
function ggufParts({ metadata, metadataTypes }: GgufMetadata, tensors: readonly NewGgufTensor[]): Uint8Array[] {
  const alignment = Number(metadata.get(ALIGNMENT_KEY) ?? DEFAULT_ALIGNMENT);
  const header = new HeaderWriter();
  header.u32(MAGIC);
  header.u32(3);
  header.u64(tensors.length);
  header.u64(metadata.size);
  for (const [key, value] of metadata) {
    const type = metadataTypes.get(key);
    if (type === undefined) throw new InvalidArgumentError(`"${key}" has no type.`, { subject: key });
    header.string(key);
    header.value(key, type, value);
  }
  const data: Uint8Array[] = [];
  let offset = 0;
  const names = new Set<string>();
  for (const tensor of tensors) {
    checkTensor(tensor, names);
    header.string(tensor.name);
    header.u32(tensor.shape.length);
    for (const size of tensor.shape.toReversed()) header.u64(size);
    header.u32(tensorTypeNumber(tensor.type));
    header.u64(offset);
    const padding = (alignment - (tensor.bytes.length % alignment)) % alignment;
    data.push(tensor.bytes, new Uint8Array(padding));
    offset += tensor.bytes.length + padding;
  }
  header.align(alignment);
  return [header.bytes, ...data];
}

function checkTensor({ name, type, shape, bytes }: NewGgufTensor, names: Set<string>): void {
  const block = blockOf(type);
  const whole = shape.every((size) => Number.isSafeInteger(size) && size > 0) && shape.length <= 4;
  const filled = shape.reduce((product, size) => product * size, block.bytes) / block.weights === bytes.length;
  if (!whole || !filled || (shape.at(-1) ?? 1) % block.weights !== 0) {
    throw new InvalidArgumentError(`${bytes.length} bytes of ${type} do not fill "${name}" of shape [${shape}].`, {
      subject: name,
    });
  }
  if (names.has(name)) throw new InvalidArgumentError(`Two tensors are named "${name}".`, { subject: name });
  names.add(name);
}
