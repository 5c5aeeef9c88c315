import { ioError } from "./io-failure.js";
import { nodeModule } from "./node-platform.js";

/** A file to write: its content in parts, so that large tensors need not be copied together first. */
export interface NewFile {
  readonly path: string;
  readonly parts: readonly Uint8Array[];
}

/**
 * Writes files beside their places under temporary names, forces them to the disk, and only then renames them, all at the
 * end: whoever stops this at any moment leaves whole files, the old or the new. Folders are made as needed.
 *
 * @throws IoError naming the path; the temporary files are gone then.
 */
export async function replaceFiles(files: readonly NewFile[]): Promise<void> {
  const written: { temporary: string; path: string }[] = [];
  try {
    for (const file of files) {
      const temporary = `${file.path}.${globalThis.crypto.randomUUID().slice(0, 8)}.tmp`;
      written.push({ temporary, path: file.path });
      await write(temporary, file);
    }
    const fs = nodeModule("node:fs/promises", "rename");
    for (const { temporary, path } of written) {
      await fs.rename(temporary, path).catch((cause: unknown) => Promise.reject(ioError("write", path, cause)));
    }
  } catch (error) {
    const fs = nodeModule("node:fs/promises", "remove");
    await Promise.allSettled(written.map(({ temporary }) => fs.unlink(temporary)));
    throw error;
  }
}

async function write(temporary: string, { path, parts }: NewFile): Promise<void> {
  const fs = nodeModule("node:fs/promises", path);
  try {
    await fs.mkdir(nodeModule("node:path", path).dirname(path), { recursive: true });
    const handle = await fs.open(temporary, "wx");
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw ioError("write", path, cause);
  }
}
