import { UnsupportedError } from "@anabranch/core";
import type { ByteSource } from "../bytes/byte-source.js";
import { HeaderCursor } from "./header-cursor.js";
import { invalidGguf } from "./invalid.js";
import { type GgufMetadata, readMetadata } from "./metadata.js";
import { type GgufTensor, placeTensors, readTensorInfos, SHORTEST_TENSOR_INFO } from "./tensor-info.js";

export interface GgufHeader extends GgufMetadata {
  /** 2 or 3: they differ only in what 3 says of big-endian files. */
  readonly version: number;
  /** Tensors begin on multiples of it. */
  readonly alignment: number;
  /** By name, in the order of the data. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** "GGUF", read as a little-endian number. */
export const MAGIC = 0x46554747;
export const DEFAULT_ALIGNMENT = 32;
export const ALIGNMENT_KEY = "general.alignment";

/** Magic, version and the two counts. */
const PREAMBLE_BYTES = 24;
/** Key's length, the value's type, and a value of one byte. */
const SHORTEST_PAIR = 13;

/**
 * Reads and checks the header of a GGUF file, by ranges: whatever it says of a tensor is true of the file.
 *
 * @throws InvalidFileError naming the key or the tensor; UnsupportedError for another version or byte order
 */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  const file = source.name;
  if (source.size < PREAMBLE_BYTES) throw invalidGguf(file, `it has only ${source.size} bytes`);
  const cursor = new HeaderCursor(source);
  const { version, tensorCount, pairCount } = await cursor.item((window) => {
    if (window.u32() !== MAGIC) throw invalidGguf(file, 'it does not begin with "GGUF"');
    const version = checkVersion(window.u32(), file);
    return { version, tensorCount: window.count(SHORTEST_TENSOR_INFO), pairCount: window.count(SHORTEST_PAIR) };
  });
  const read = await readMetadata(cursor, pairCount, file);
  const infos = await readTensorInfos(cursor, tensorCount, file);
  const alignment = alignmentOf(read, file);
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  return { version, alignment, ...read, tensors: placeTensors(infos, dataStart, alignment, source.size, file) };
}

function checkVersion(version: number, file: string): number {
  if (version === 2 || version === 3) return version;
  // A big-endian file's version, read the other way round, has its bytes at the top.
  const bigEndian = version !== 0 && (version & 0xffff) === 0;
  const what = bigEndian ? "is a big-endian GGUF file" : `is GGUF version ${version}`;
  throw new UnsupportedError(`${file} ${what}; versions 2 and 3, little-endian, can be read.`, {
    subject: file,
    cure: bigEndian ? "Fetch the little-endian file." : "Convert the model again with a current llama.cpp.",
  });
}

function alignmentOf({ metadata, metadataTypes }: GgufMetadata, file: string): number {
  const value = metadata.get(ALIGNMENT_KEY) ?? DEFAULT_ALIGNMENT;
  const type = metadataTypes.get(ALIGNMENT_KEY) ?? "u32";
  if (type === "u32" && typeof value === "number" && value > 0 && Number.isInteger(Math.log2(value))) return value;
  throw invalidGguf(file, `"${ALIGNMENT_KEY}" is no power of two`, ALIGNMENT_KEY);
}
