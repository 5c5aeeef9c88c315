import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ggufPartNames, type LoadedModel, type WeightFormat } from "@anabranch/checkpoints";
import { loadConverted } from "@anabranch/checkpoints/node";
import { AnabranchError } from "@anabranch/core";
import { readWeights } from "./read-weights.js";

export interface LoadWeightsOptions {
  readonly weights: WeightFormat;
  /** Whether a converted copy is kept on disk; undefined: for files from {@link WORTH_A_COPY} bytes on. */
  readonly keepCopy: boolean | undefined;
  /** Folder of a plain LoRA to fold in; then no copy is kept. */
  readonly lora?: string;
  readonly signal?: AbortSignal;
}

/** Below that, converting is a matter of milliseconds. */
const WORTH_A_COPY = 64 * 2 ** 20;

/**
 * A model's weights in a format, through a converted copy on disk where that pays.
 *
 * @throws what `readWeights` throws; IoError when a copy was asked for and the cache cannot be written
 */
export async function loadWeights(source: string, options: LoadWeightsOptions): Promise<LoadedModel> {
  const { weights, keepCopy, lora, signal } = options;
  const call = signal === undefined ? {} : { signal };
  if (lora !== undefined) return readWeights(source, { weights, lora, ...call });
  if (keepCopy ?? (await bytesOf(source)) >= WORTH_A_COPY) {
    try {
      return await loadConverted(source, { weights, ...call });
    } catch (error) {
      // A disk without room for a copy is no reason not to run.
      if (keepCopy === true || !AnabranchError.isInstance(error, "IO")) throw error;
    }
  }
  return readWeights(source, { weights, ...call });
}

/** Bytes of a model's weights on disk; 0 where they cannot be found, which loading will tell better. */
async function bytesOf(source: string): Promise<number> {
  try {
    const isFolder = (await stat(source)).isDirectory();
    const names = isFolder ? (await readdir(source)).filter((name) => name.endsWith(".safetensors")) : [];
    const files = isFolder ? names.map((name) => join(source, name)) : ggufPartNames(source);
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}
