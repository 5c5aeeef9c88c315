import { MissingTensorError, UnsupportedError } from "@anabranch/core";
import type { ByteSource } from "../bytes/byte-source.js";
import { decodeText } from "../bytes/folder.js";
import { type FileToRead, openSource } from "../bytes/open-source.js";
import { CURRENT_FILE_VERSION, checkTensorBytes, FILE_VERSION, readChecksums } from "./checksums.js";
import type { SafetensorsDtype } from "./dtype.js";
import { bf16ToFloat32, f16ToFloat32 } from "./half-floats.js";
import { invalid, LONGEST_HEADER, parseHeader, type SafetensorsEntry, type SafetensorsHeader } from "./header.js";

/** A tensor as read: 8-bit integers as they are, every float as float32. Row-major, of the entry's shape. */
export type TensorData = Float32Array | Int8Array;

/** An open safetensors file; tensors are read one at a time, by their range. Close it after use. */
export interface SafetensorsFile {
  readonly name: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  /** True for a file that Anabranch wrote: every byte that is read is checked. */
  readonly checksummed: boolean;
  /**
   * F32, F16 and BF16 become float32; I8 stays.
   *
   * @throws MissingTensorError, UnsupportedError (another dtype), ChecksumError, InvalidFileError, IoError
   */
  read(tensor: string): Promise<TensorData>;
  close(): Promise<void>;
}

/**
 * Opens a safetensors file and checks its whole header.
 *
 * @param file a path (Node), or the file's bytes, or a Blob
 * @throws InvalidFileError, ChecksumError, IoError
 */
export async function openSafetensors(file: FileToRead): Promise<SafetensorsFile> {
  const source = await openSource(file);
  try {
    const { text, dataStart } = await readHeader(source);
    const header = parseHeader(text, source.size - dataStart, source.name);
    const checksums = await readChecksums(text, header, source.name);
    checkVersion(header, source.name);
    return {
      name: source.name,
      ...header,
      checksummed: checksums !== undefined,
      async read(tensor) {
        const entry = header.tensors.get(tensor);
        if (entry === undefined) {
          throw new MissingTensorError(`${source.name} has no tensor "${tensor}".`, { subject: tensor });
        }
        const decode = decoder(entry, source.name);
        const bytes = await source.read(dataStart + entry.begin, dataStart + entry.end);
        if (checksums !== undefined) await checkTensorBytes(bytes, tensor, checksums.get(tensor), source.name);
        return decode(bytes.buffer as ArrayBuffer);
      },
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** 8 bytes of length (little-endian), then that much JSON, then the data. */
async function readHeader(source: ByteSource): Promise<{ text: string; dataStart: number }> {
  if (source.size < 8) throw invalid(source.name, `it has only ${source.size} bytes`);
  const prefix = await source.read(0, 8);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > LONGEST_HEADER || 8 + length > source.size) {
    throw invalid(source.name, `its header claims ${length} bytes, the file has ${source.size}`);
  }
  const text = decodeText(await source.read(8, 8 + length), source.name);
  return { text, dataStart: 8 + length };
}

function checkVersion(header: SafetensorsHeader, file: string): void {
  const version = header.metadata.get(FILE_VERSION);
  if (version === undefined || version === CURRENT_FILE_VERSION) return;
  throw new UnsupportedError(`${file} has version ${version} of Anabranch's files; this release knows only 1.`, {
    subject: file,
    cure: "Update @anabranch/checkpoints.",
  });
}

/** Buffers come fresh from the source, so views begin at 0 and are aligned. The platforms of JavaScript are little-endian. */
function decoder({ name, dtype }: SafetensorsEntry, file: string): (buffer: ArrayBuffer) => TensorData {
  const readers: Partial<Record<SafetensorsDtype, (buffer: ArrayBuffer) => TensorData>> = {
    F32: (buffer) => new Float32Array(buffer),
    F16: (buffer) => f16ToFloat32(new Uint16Array(buffer)),
    BF16: (buffer) => bf16ToFloat32(new Uint16Array(buffer)),
    I8: (buffer) => new Int8Array(buffer),
  };
  const reader = readers[dtype];
  if (reader !== undefined) return reader;
  throw new UnsupportedError(`${file}: tensor "${name}" is ${dtype}; F32, F16, BF16 and I8 can be read.`, {
    subject: `${file}#${name}`,
    cure: "Convert the checkpoint to one of those types.",
  });
}
