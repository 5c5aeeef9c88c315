import { readFile } from "node:fs/promises";
import { InvalidFileError, IoError } from "@anabranch/core";

/**
 * A whole file of UTF-8 text.
 *
 * @param cure what to do about a file that is none, for the error.
 * @throws IoError where the file cannot be read; InvalidFileError (naming file and line) where it is not UTF-8.
 */
export async function readText(path: string, cure: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new IoError(`Cannot read ${path}.`, { subject: path, cure: "Check the path and its permissions.", cause });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const line = firstInvalidLine(bytes);
    throw new InvalidFileError(`${path}:${line}: not UTF-8 text.`, { subject: path, cure, cause });
  }
}

/** 1-based line of the first byte that is not UTF-8. */
function firstInvalidLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end < 0 ? bytes.length : end + 1;
    try {
      decoder.decode(bytes.subarray(start, stop));
    } catch {
      return line;
    }
    start = stop;
  }
  return line;
}
