import { createOnnxBackend, type RowPrecision } from "@anabranch/backend-onnx";
import { isLora, type LoadedAdapter, loadAdapter, type WeightFormat } from "@anabranch/checkpoints";
import type { HubProgress } from "@anabranch/checkpoints/node";
import type { Backend, BackendModel } from "@anabranch/core";
import { parseOpening } from "@anabranch/core";
import { createLanguageModel, type LanguageModel } from "./language-model.js";
import { loadWeights } from "./load-weights.js";
import { loadTokenizer, modelSource, stopTokensOf } from "./model-source.js";
import { type Place, pathOf } from "./place.js";

export interface LoadOptions {
  /**
   * A stream adapter's folder; without one the model decodes plainly. Or a plain LoRA as PEFT writes it, which is folded
   * into the weights while they are loaded: the model then is that fine-tune, without streams.
   */
  readonly adapter?: Place;
  /** What computes. ONNX Runtime on the CPU when absent. */
  readonly backend?: Backend;
  /** Threads for the default backend; all processors when absent. */
  readonly threads?: number;
  /**
   * What the weights become: "float32", the default; "int8" or "int4", rounded in blocks of 32; or "as-stored", as the
   * file has them, where the backend can compute with that.
   */
  readonly weights?: WeightFormat;
  /**
   * What the default backend rounds rows to where they meet weights of 8 or 4 bits: "mixed", the default for such weights;
   * "int8", the fastest; "int16", after which nothing is lost but what the weights lost; or "float32", the same in four times
   * the memory. See `RowPrecision` of @anabranch/backend-onnx.
   */
  readonly rowPrecision?: RowPrecision;
  /**
   * Whether a copy with the weights as asked for is kept on disk, in ANABRANCH_CACHE or ~/.cache/anabranch, from which the
   * next load is faster and takes less memory. Default: for files of 64 MiB and more.
   */
  readonly keepCopy?: boolean;
  readonly signal?: AbortSignal;
  /** Hears of a download from the hub. */
  readonly onProgress?: (progress: HubProgress) => void;
}

/**
 * Loads a model to generate with.
 *
 * @param model a Hugging Face folder (config.json, model.safetensors or shards, tokenizer.json) or a GGUF file: by path, by
 *   file URL, such as those of `@anabranch/model-e2e`, or by its name on the hub.
 * @throws IoError, InvalidFileError, ChecksumError, UnsupportedError, MissingTensorError, ShapeMismatchError;
 *   WrongBaseModelError for an adapter made for another model; InvalidArgumentError for a URL that is neither a file's nor
 *   the hub's; HubError; BackendFailedError; AbortedError. Nothing stays in memory then.
 */
export async function load(model: Place, options: LoadOptions = {}): Promise<LanguageModel> {
  const { signal, threads, rowPrecision, weights = "float32", onProgress } = options;
  const abort = signal === undefined ? {} : { signal };
  const fetching = { ...abort, ...(onProgress === undefined ? {} : { onProgress }) };
  const path = await pathOf(model, fetching);
  const adapterPath = options.adapter === undefined ? undefined : await pathOf(options.adapter, fetching);
  const source = await modelSource(path);
  const lora = adapterPath !== undefined && (await isLora(adapterPath)) ? { lora: adapterPath } : {};
  const { keepCopy } = options;
  const { weights: base, config, warnings } = await loadWeights(source, { weights, keepCopy, ...lora, ...abort });
  const tokenizer = await loadTokenizer(source);
  const streams = "lora" in lora ? undefined : adapterPath;
  const adapter = streams === undefined ? undefined : await loadAdapter(streams, { base });
  const opening = openingOf(adapter, adapterPath);
  const settings = {
    draftWeights: "int8",
    ...(threads === undefined ? {} : { threads }),
    // Float32 weights are not rounded but for drafts, which are to be fast.
    rowPrecision: rowPrecision ?? (weights === "float32" ? "int8" : "mixed"),
  } as const;
  const backend = options.backend ?? createOnnxBackend(settings);
  const stopTokens = stopTokensOf(tokenizer, config.eosTokenIds);
  const loaded = await backend.load(base, abort);
  return createLanguageModel({
    name: path,
    adapterName: adapterPath,
    backendName: backend.name,
    model: loaded,
    tokenizer,
    adapter: adapter === undefined ? undefined : await attachOrDispose(loaded, adapter),
    opening,
    stopTokens,
    warnings,
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
