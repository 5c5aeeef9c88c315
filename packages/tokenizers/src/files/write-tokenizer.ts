import { IoError } from "@anabranch/core";
import type { TokenizerConfigJson, TokenizerJson } from "../tokenizer-json.js";
import { checksumLine, checksumPath } from "./checksum.js";
import { nodeModules } from "./node-modules.js";

/**
 * Writes a tokenizer.json, or a tokenizer_config.json, with its SHA-256 in a file beside it (`PATH.sha256`: Hugging Face's
 * loader refuses further fields inside). Node, Bun and Deno only.
 *
 * @param path the file's path; its folder exists
 * @throws IoError when it cannot be written
 */
export async function writeTokenizer(path: string, json: TokenizerJson | TokenizerConfigJson): Promise<void> {
  const { fs, path: paths } = nodeModules();
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  try {
    // First, so that a run killed in between leaves a file without a checksum rather than with another file's.
    await fs.rm(checksumPath(path), { force: true });
    await writeWhole(path, bytes);
    await writeWhole(checksumPath(path), new TextEncoder().encode(checksumLine(bytes, paths.basename(path))));
  } catch (cause) {
    throw new IoError(`${path} could not be written.`, {
      subject: path,
      cure: "Check the folder and its rights.",
      cause,
    });
  }
}

/** Under a temporary name first: the file is either the old one or the whole new one. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const { rename, rm, writeFile } = nodeModules().fs;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}
