import { InvalidFileError, IoError } from "@anabranch/core";

/** Random access to the bytes of one file, wherever it lies. */
export interface ByteSource {
  /** A path or label, for messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * Bytes [start, end), in a buffer of their own that the caller may keep and change.
   *
   * @throws InvalidFileError when the file ends before `end`.
   * @throws IoError when the medium fails.
   */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A file that is in memory already, or a Blob (a browser's File, or a part of OPFS). */
export function memorySource(bytes: Uint8Array | Blob, name = "(bytes)"): ByteSource {
  const size = bytes instanceof Uint8Array ? bytes.byteLength : bytes.size;
  const changed = (cause: unknown): never => {
    throw new IoError(`${name} cannot be read any more.`, { subject: name, cure: "Choose or fetch it again.", cause });
  };
  return {
    name,
    size,
    async read(start, end) {
      checkRange(name, size, start, end);
      return bytes instanceof Uint8Array
        ? new Uint8Array(bytes.subarray(start, end)) // not slice(): a Node Buffer's shares memory
        : new Uint8Array(await bytes.slice(start, end).arrayBuffer().catch(changed));
    },
    async close() {},
  };
}

export function checkRange(name: string, size: number, start: number, end: number): void {
  if (start < 0 || end < start || end > size) {
    throw new InvalidFileError(`${name}: bytes ${start} to ${end} were asked for, but it has ${size}.`, {
      subject: name,
      cure: "The file is probably truncated: fetch or write it again.",
    });
  }
}
