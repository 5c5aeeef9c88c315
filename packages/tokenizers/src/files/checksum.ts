import { ChecksumError } from "@anabranch/core";
import { invalid } from "../checking/fields.js";
import { nodeModules } from "./node-modules.js";

/** The file beside another that holds its SHA-256, in the form that `sha256sum --check` reads. */
export function checksumPath(path: string): string {
  return `${path}.sha256`;
}

/** @param name the file's name without folder */
export function checksumLine(bytes: Uint8Array, name: string): string {
  return `${nodeModules().crypto.createHash("sha256").update(bytes).digest("hex")}  ${name}\n`;
}

/**
 * @param line content of the checksum file
 * @throws InvalidFileError when the checksum file itself is damaged
 * @throws ChecksumError when the bytes are not those that were written
 */
export function verifyChecksum(bytes: Uint8Array, line: string, name: string): void {
  if (!/^[0-9a-f]{64} {2}/.test(line) || line.slice(66) !== `${name}\n`) {
    throw invalid(`${name}.sha256`, "is not a SHA-256 checksum of its neighbour");
  }
  if (line === checksumLine(bytes, name)) return;
  throw new ChecksumError(`${name} is not as it was written: its SHA-256 is not the one in ${name}.sha256.`, {
    subject: name,
    cure: `Fetch or write the file again; delete ${name}.sha256 if you changed the file on purpose.`,
  });
}
