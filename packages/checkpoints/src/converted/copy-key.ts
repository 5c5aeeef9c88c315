import { createHash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { existsIn } from "../bytes/folder.js";
import { ggufPartNames } from "../gguf/split/part-names.js";
import type { WeightFormat } from "../quantize/index.js";

/** Raised when a copy is laid out, or rounded, otherwise. */
const COPY_VERSION = 2;

/** Of each file, so much is hashed: headers, and the first weights. */
const HASHED = 2 ** 20;

const MATTERS = /\.(safetensors|gguf|json)$/i;

/**
 * The name of a converted copy: a hash of what it is made from (each file's name, size, time and first MiB) and of how.
 *
 * @param place a file, or a model's folder
 */
export async function copyKey(place: string, format: WeightFormat, blockSize: number): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([COPY_VERSION, format, blockSize]));
  for (const path of await filesOf(place)) {
    const { size, mtimeMs } = await stat(path);
    hash.update(JSON.stringify([basename(path), size, mtimeMs])).update(await firstBytes(path));
  }
  return hash.digest("hex").slice(0, 32);
}

async function filesOf(place: string): Promise<string[]> {
  if (!(await stat(place)).isDirectory()) return partsOf(place);
  return (await readdir(place))
    .filter((file) => MATTERS.test(file))
    .sort()
    .map((file) => join(place, file));
}

/** The parts of a GGUF model, or the file itself: it may have a part's name and yet be whole. */
async function partsOf(file: string): Promise<string[]> {
  const exists = (path: string) => existsIn(dirname(path), basename(path));
  const names = ggufPartNames(file);
  const there = await Promise.all(names.map(exists));
  return names.filter((_, index) => there[index]);
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HASHED), 0, HASHED, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
