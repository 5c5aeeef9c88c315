import { fileURLToPath } from "node:url";
import { createOnnxBackend } from "@anabranch/backend-onnx";
import { type LoadedAdapter, loadAdapter, loadModel } from "@anabranch/checkpoints";
import type { Backend } from "@anabranch/core";
import { parseOpening } from "@anabranch/core";
import { loadTokenizerFolder } from "@anabranch/tokenizers";
import { LanguageModel } from "./language-model.js";

/** A folder by path or file URL. */
export type Place = string | URL;

export interface LoadOptions {
  /** An adapter's folder. Without one the model decodes plainly. */
  readonly adapter?: Place;
  /** What computes. ONNX Runtime on the CPU when absent. */
  readonly backend?: Backend;
  /** Threads for the default backend; all processors when absent. */
  readonly threads?: number;
  /** "float32" widens 8-bit weights while loading; "as-stored" computes with them. Default float32. */
  readonly weights?: "float32" | "as-stored";
  readonly signal?: AbortSignal;
}

/**
 * Loads a model to generate with.
 *
 * @param model a Hugging Face folder of the Llama family (config.json, model.safetensors, tokenizer.json): a path or a
 *   file URL, such as those of `@anabranch/model-e2e`.
 * @throws IoError, InvalidFileError, ChecksumError, UnsupportedError, MissingTensorError, ShapeMismatchError;
 *   WrongBaseModelError for an adapter made for another model; AbortedError.
 */
export async function load(model: Place, options: LoadOptions = {}): Promise<LanguageModel> {
  const folder = pathOf(model);
  const { signal, weights = "float32" } = options;
  const { weights: base, config } = await loadModel(folder, signal === undefined ? {} : { signal });
  const tokenizer = await loadTokenizerFolder(folder);
  const adapter = options.adapter === undefined ? undefined : await loadAdapter(pathOf(options.adapter), { base });
  const threads = options.threads === undefined ? {} : { threads: options.threads };
  const backend = options.backend ?? createOnnxBackend({ weights, ...threads });
  const loaded = await backend.load(base, signal === undefined ? {} : { signal });
  const handle = adapter === undefined ? undefined : await loaded.attach(adapter.adapter);
  return new LanguageModel({
    name: folder,
    adapterName: options.adapter === undefined ? undefined : pathOf(options.adapter),
    backendName: backend.name,
    model: loaded,
    tokenizer,
    adapter: handle,
    opening: openingOf(adapter, folder),
    stopTokens: new Set(config.eosTokenIds),
  });
}

function openingOf(adapter: LoadedAdapter | undefined, folder: string) {
  return adapter?.opening === undefined ? undefined : parseOpening(adapter.opening, folder);
}

export function pathOf(place: Place): string {
  return place instanceof URL || place.startsWith("file:") ? fileURLToPath(place) : place;
}
