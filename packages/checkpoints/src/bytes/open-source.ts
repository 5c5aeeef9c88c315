import { type ByteSource, memorySource } from "./byte-source.js";
import { openFile } from "./file-source.js";

/** A file to read: a path (Node), its bytes, a Blob, or any other source, which the reader then closes. */
export type FileToRead = string | Uint8Array | Blob | ByteSource;

/** @throws IoError */
export async function openSource(file: FileToRead): Promise<ByteSource> {
  if (typeof file === "string") return openFile(file);
  return file instanceof Uint8Array || file instanceof Blob ? memorySource(file) : file;
}
