import { InvalidFileError, IoError } from "@anabranch/core";
import { type ByteSource, memorySource } from "./byte-source.js";
import { openFile } from "./file-source.js";
import { nodeModule } from "./node-platform.js";
import { replaceFiles } from "./replace-files.js";

/** A folder to read: a path, or (in a browser, or in a test) files by their names. */
export type Folder = string | ReadonlyMap<string, Uint8Array | Blob>;

/** A folder to write: a path, or a map that receives the files by their names. */
export type WritableFolder = string | Map<string, Uint8Array | Blob>;

/** "folder/file" for messages and for the file system. */
export function pathIn(folder: Folder | WritableFolder, file: string): string {
  return typeof folder === "string" ? `${folder.replace(/\/+$/, "")}/${file}` : file;
}

/** @throws IoError when the file is not there. */
export async function openIn(folder: Folder, file: string): Promise<ByteSource> {
  if (typeof folder === "string") return openFile(pathIn(folder, file));
  const bytes = folder.get(file);
  if (bytes === undefined) {
    throw new IoError(`There is no ${file} among the files given.`, { subject: file, cure: "Pass that file too." });
  }
  return memorySource(bytes, file);
}

/** Whether the folder has the file, of whatever kind it is. */
export async function existsIn(folder: Folder, file: string): Promise<boolean> {
  if (typeof folder !== "string") return folder.has(file);
  const path = pathIn(folder, file);
  return nodeModule("node:fs/promises", path)
    .stat(path)
    .then(
      () => true,
      () => false,
    );
}

/** Longer than any configuration; a text of this size is some other file under a wrong name. */
const LONGEST_TEXT = 256 * 2 ** 20;

/** @throws InvalidFileError when the file is not UTF-8. */
export async function readTextIn(folder: Folder, file: string): Promise<string> {
  const source = await openIn(folder, file);
  try {
    if (source.size > LONGEST_TEXT) {
      throw new InvalidFileError(`${source.name} is ${source.size} bytes long, too long for a configuration.`, {
        subject: source.name,
      });
    }
    return decodeText(await source.read(0, source.size), source.name);
  } finally {
    await source.close();
  }
}

/** Strict UTF-8. @throws InvalidFileError */
export function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidFileError(`${name} is not UTF-8 text.`, { subject: name, cause });
  }
}

/** Writes several files as one step (see {@link replaceFiles}). */
export async function writeIn(
  folder: WritableFolder,
  files: ReadonlyMap<string, readonly Uint8Array[]>,
): Promise<void> {
  if (typeof folder === "string") {
    await replaceFiles([...files].map(([file, parts]) => ({ path: pathIn(folder, file), parts })));
    return;
  }
  for (const [file, parts] of files) folder.set(file, joinParts(parts));
}

/** One array out of many. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
