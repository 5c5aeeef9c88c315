import { fileURLToPath } from "node:url";
import { createOnnxBackend } from "@anabranch/backend-onnx";
import { type LoadedAdapter, loadAdapter, loadModel } from "@anabranch/checkpoints";
import type { Backend, BackendModel } from "@anabranch/core";
import { InvalidArgumentError, parseOpening } from "@anabranch/core";
import { loadTokenizerFolder } from "@anabranch/tokenizers";
import { createLanguageModel, type LanguageModel } from "./language-model.js";

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
 *   WrongBaseModelError for an adapter made for another model; InvalidArgumentError for a URL that is no file's;
 *   BackendFailedError; AbortedError. Nothing stays in memory then.
 */
export async function load(model: Place, options: LoadOptions = {}): Promise<LanguageModel> {
  const folder = pathOf(model);
  const adapterFolder = options.adapter === undefined ? undefined : pathOf(options.adapter);
  const { signal, threads, weights = "float32" } = options;
  const abort = signal === undefined ? {} : { signal };
  const { weights: base, config } = await loadModel(folder, abort);
  const tokenizer = await loadTokenizerFolder(folder);
  const adapter = adapterFolder === undefined ? undefined : await loadAdapter(adapterFolder, { base });
  const opening = openingOf(adapter, adapterFolder);
  const settings = { weights, draftWeights: "int8", ...(threads === undefined ? {} : { threads }) } as const;
  const backend = options.backend ?? createOnnxBackend(settings);
  const loaded = await backend.load(base, abort);
  return createLanguageModel({
    name: folder,
    adapterName: adapterFolder,
    backendName: backend.name,
    model: loaded,
    tokenizer,
    adapter: adapter === undefined ? undefined : await attachOrDispose(loaded, adapter),
    opening,
    stopTokens: new Set(config.eosTokenIds),
  });
}

async function attachOrDispose(model: BackendModel, { adapter }: LoadedAdapter) {
  try {
    return await model.attach(adapter);
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function openingOf(adapter: LoadedAdapter | undefined, folder = "the adapter") {
  return adapter?.opening === undefined ? undefined : parseOpening(adapter.opening, folder);
}

/** The path of a place, without a slash at its end. */
function pathOf(place: Place): string {
  if (!(place instanceof URL) && !place.startsWith("file:")) return place;
  try {
    return fileURLToPath(place).replace(/(?<=.)[\\/]$/, "");
  } catch (cause) {
    throw new InvalidArgumentError(`${place} is not the URL of a folder on this machine.`, {
      subject: "model",
      cure: "Download the folder, and pass its path or a file: URL.",
      cause,
    });
  }
}
