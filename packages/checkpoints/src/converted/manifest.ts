import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ByteRange, WeightTensor } from "@anabranch/core";

export const MANIFEST_FILE = "weights.json";
export const DATA_FILE = "weights.bin";

/** A tensor of the copy: what is known of it without its numbers. */
export interface CopiedTensor {
  readonly format: WeightTensor["format"];
  readonly shape: readonly number[];
  readonly blockSize?: number;
  readonly data: ByteRange;
  readonly scales?: ByteRange;
  readonly offsets?: ByteRange;
}

/** Written last, so that a folder with a manifest is whole. */
export interface Manifest {
  /** Bytes of the data file. */
  readonly size: number;
  readonly tensors: Readonly<Record<string, CopiedTensor>>;
}

/** undefined where there is no copy, or a damaged one. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, MANIFEST_FILE), "utf8")) as Manifest;
    const { size } = await stat(join(folder, DATA_FILE));
    return size === manifest.size ? manifest : undefined;
  } catch {
    return undefined;
  }
}
