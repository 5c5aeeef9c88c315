import { join } from "node:path";
import { baseParameterShapes, throwIfAborted, type WeightTensor } from "@anabranch/core";
import type { LoadedModel, LoadModelOptions } from "../model/load-model.js";
import { readParameter, warningsOf } from "../model/load-model.js";
import { openModelFiles } from "../model/open-model-files.js";
import { DEFAULT_BLOCK_SIZE } from "../quantize/block-size.js";
import { convertWeight, type WeightFormat } from "../quantize/convert-weight.js";
import { cacheFolder } from "./cache-folder.js";
import { copyKey } from "./copy-key.js";
import { DATA_FILE, readManifest } from "./manifest.js";
import { storedTensor } from "./stored-tensor.js";
import { writeCopy } from "./write-copy.js";

export interface LoadConvertedOptions extends LoadModelOptions {
  /** What matrices become. */
  readonly weights: WeightFormat;
  /** Weights a scale; 32 when absent. */
  readonly blockSize?: number;
  /** Where copies are kept; see `cacheFolder` when absent. */
  readonly cache?: string;
}

/**
 * Loads a model through a converted copy on disk: the first load writes it, tensor by tensor, every other finds it. The weights
 * stay in the file; a runtime that maps files takes them from there, and others read what they need.
 *
 * @param place a GGUF file or a Hugging Face folder, by path
 * @throws as `loadModel`; InvalidArgumentError for a block size; IoError where the cache cannot be written
 */
export async function loadConverted(place: string, options: LoadConvertedOptions): Promise<LoadedModel> {
  const { weights, blockSize = DEFAULT_BLOCK_SIZE, cache = cacheFolder(), signal } = options;
  const { config, tensors: source, close } = await openModelFiles(place);
  try {
    const shapes = baseParameterShapes(config.spec);
    const folder = join(cache, "converted", await copyKey(place, weights, blockSize));
    const tensorOf = async (name: string): Promise<WeightTensor> => {
      throwIfAborted(signal, `Loading ${source.name}`);
      const tensor = await readParameter(source, name, shapes.get(name) ?? []);
      return convertWeight(name, tensor, weights, blockSize);
    };
    const manifest = (await readManifest(folder)) ?? (await writeCopy(folder, shapes.keys(), tensorOf));
    const file = join(folder, DATA_FILE);
    const tensors = new Map<string, WeightTensor>();
    for (const name of shapes.keys()) {
      const copied = manifest.tensors[name];
      if (copied !== undefined) tensors.set(name, storedTensor(file, copied));
    }
    return { weights: { spec: config.spec, tensors }, config, warnings: warningsOf(source, tensors, config) };
  } finally {
    await close();
  }
}
