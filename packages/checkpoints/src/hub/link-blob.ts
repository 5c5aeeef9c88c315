import { copyFile, link, mkdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { ioError } from "../bytes/io-failure.js";

/** Ways to have a blob under a second name, the best first. Windows refuses symbolic links to ordinary users. */
const ways: readonly Way[] = [
  (blob, path) => symlink(relative(dirname(path), blob), path), // Relative, so that the cache can be moved.
  link,
  (blob, path) => copyFile(blob, path),
];
type Way = (blob: string, path: string) => Promise<void>;

/** Puts a blob in its place in a snapshot, in one step. @throws IoError */
export async function linkBlob(blob: string, path: string, possible: readonly Way[] = ways): Promise<void> {
  const temporary = `${path}.${globalThis.crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await firstThatWorks(possible, blob, temporary);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw ioError("write", path, cause);
  }
}

async function firstThatWorks([way, ...others]: readonly Way[], blob: string, path: string): Promise<void> {
  try {
    await way?.(blob, path);
  } catch (error) {
    if (others.length === 0) throw error;
    await firstThatWorks(others, blob, path);
  }
}
