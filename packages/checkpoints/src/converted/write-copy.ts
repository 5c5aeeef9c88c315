import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ByteRange, int8Blocks, type WeightTensor } from "@anabranch/core";
import { type CopiedTensor, DATA_FILE, MANIFEST_FILE, type Manifest } from "./manifest.js";
import { tensorGroups } from "./tensor-groups.js";

/** A group of tensors begins on a page, so that it can be mapped. */
const PAGE = 4096;

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/**
 * Writes a converted copy, no more than one group of tensors in memory at a time; under temporary names, then renamed, the manifest
 * last.
 *
 * @param tensorOf a tensor as the copy is to have it
 */
export async function writeCopy(
  folder: string,
  names: Iterable<string>,
  tensorOf: (name: string) => Promise<WeightTensor>,
): Promise<Manifest> {
  await mkdir(folder, { recursive: true });
  const suffix = `${randomUUID().slice(0, 8)}.tmp`;
  const [data, manifestFile] = [join(folder, DATA_FILE), join(folder, MANIFEST_FILE)];
  try {
    const file = await open(`${data}.${suffix}`, "wx");
    const copy = new CopyWriter(file);
    try {
      for (const group of tensorGroups(names)) await copy.add(group, await Promise.all(group.map(tensorOf)));
      await file.sync();
    } finally {
      await file.close();
    }
    const manifest = { size: copy.size, tensors: copy.tensors };
    await writeFile(`${manifestFile}.${suffix}`, JSON.stringify(manifest));
    await rename(`${data}.${suffix}`, data);
    await rename(`${manifestFile}.${suffix}`, manifestFile);
    return manifest;
  } catch (error) {
    await Promise.allSettled([unlink(`${data}.${suffix}`), unlink(`${manifestFile}.${suffix}`)]);
    throw error;
  }
}

class CopyWriter {
  readonly tensors: Record<string, CopiedTensor> = {};
  size = 0;
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The numbers of all tensors of a group, then all their scales, then all their offsets. */
  async add(names: readonly string[], tensors: readonly WeightTensor[]): Promise<void> {
    await this.#align();
    const data: ByteRange[] = [];
    for (const tensor of tensors) {
      data.push(await this.#write(tensor.format === "int8-block" ? int8Blocks(tensor) : bytesOf(tensor.data)));
    }
    const scales: ByteRange[] = [];
    for (const tensor of tensors) if (tensor.format !== "f32") scales.push(await this.#write(bytesOf(tensor.scales)));
    const offsets = new Map<WeightTensor, ByteRange>();
    for (const tensor of tensors) {
      if (tensor.format !== "int4-block" || tensor.offsets === undefined) continue;
      offsets.set(tensor, await this.#write(bytesOf(tensor.offsets)));
    }
    for (const [index, tensor] of tensors.entries()) {
      const { format, shape } = tensor;
      const offset = offsets.get(tensor);
      this.tensors[names[index] as string] = {
        format,
        shape,
        data: data[index] as ByteRange,
        ...(format === "f32" ? {} : { blockSize: tensor.blockSize, scales: scales[index] as ByteRange }),
        ...(offset === undefined ? {} : { offsets: offset }),
      };
    }
  }

  async #align(): Promise<void> {
    const padding = (PAGE - (this.size % PAGE)) % PAGE;
    if (padding > 0) await this.#write(new Uint8Array(padding));
  }

  async #write(bytes: Uint8Array): Promise<ByteRange> {
    const offset = this.size;
    for (let from = 0; from < bytes.length; from += 2 ** 24) {
      await this.#file.writeFile(bytes.subarray(from, from + 2 ** 24));
    }
    this.size += bytes.length;
    return { offset, length: bytes.length };
  }
}
