import { IoError } from "@anabranch/core";
import { invalid } from "../checking/fields.js";
import { checksumPath, verifyChecksum } from "./checksum.js";
import { nodeModules } from "./node-modules.js";

/**
 * Reads a file as text, and holds it against its checksum where there is one.
 *
 * @returns undefined when there is no such file
 */
export async function readTokenizerFile(path: string): Promise<string | undefined> {
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  const line = await readIfThere(checksumPath(path));
  if (line !== undefined) verifyChecksum(bytes, new TextDecoder().decode(line), nodeModules().path.basename(path));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(path, "is not UTF-8", cause);
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  const { fs } = nodeModules();
  try {
    return await fs.readFile(path);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return undefined;
    throw new IoError(`${path} could not be read.`, { subject: path, cure: "Check the path and its rights.", cause });
  }
}
