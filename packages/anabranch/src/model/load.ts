import { isLora, loadAdapter, type WeightFormat } from "@anabranch/checkpoints";
import type { HubProgress } from "@anabranch/checkpoints/node";
import { type AdapterHandle, type BackendModel, InvalidArgumentError, parseFirstGuesses } from "@anabranch/core";
import type { BackendChoice } from "../backend/backend-choice.js";
import { openBackend } from "../backend/open-backend.js";
import { machineFacts, modelFacts } from "../calibrate/machine-costs.js";
import { MachineBudgeting } from "./budgeting.js";
import type { LanguageModel } from "./language-model.js";
import { loadWeights } from "./load-weights.js";
import { loadTokenizer, modelSource } from "./model-source.js";
import { type Place, pathOf } from "./place.js";
import { startModel } from "./start-model.js";

export type LoadOptions = BackendChoice & LoadSettings;

export interface LoadSettings {
  /**
   * A stream adapter's folder; without one the model decodes plainly. Or a plain LoRA as PEFT writes it, which is folded
   * into the weights while they are loaded: the model then is that fine-tune, without streams.
   */
  readonly adapter?: Place;
  /** A plain LoRA to fold into the weights before streams are added: `adapter` then is one that was trained for that fine-tune. */
  readonly lora?: Place;
  /** Threads of a backend that is named; all processors when absent, but 8 at most for wasm. */
  readonly threads?: number;
  /**
   * What the weights become: "float32"; "int8" or "int4", rounded in blocks of 32; "quantized", as the file has them where
   * that is in blocks of 8 or 4 bits, and "int8" where not; or "as-stored", as the file has them, where the backend can
   * compute with that. Default: "quantized" for wasm, "float32" for all others.
   */
  readonly weights?: WeightFormat;
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
 *   file URL, such as those of `anabranch/model-e2e`, or by its name on the hub.
 * @throws IoError, InvalidFileError, ChecksumError, UnsupportedError (of a model, or of a backend that is not installed),
 *   MissingTensorError, ShapeMismatchError;
 *   WrongBaseModelError for an adapter made for another model; InvalidArgumentError for a URL that is neither a file's nor
 *   the hub's, or a row precision that the backend has not; HubError; BackendFailedError; AbortedError. Nothing stays in memory then.
 */
export async function load(model: Place, options: LoadOptions = {}): Promise<LanguageModel> {
  const { signal, keepCopy, onProgress } = options;
  const abort = signal === undefined ? {} : { signal };
  const fetching = { ...abort, ...(onProgress === undefined ? {} : { onProgress }) };
  const { backend, weights } = await openBackend(options);
  const path = await pathOf(model, fetching);
  const adapterPath = options.adapter === undefined ? undefined : await pathOf(options.adapter, fetching);
  const source = await modelSource(path);
  const own = adapterPath !== undefined && (await isLora(adapterPath)) ? { lora: adapterPath } : {};
  if ("lora" in own && options.lora !== undefined) throw twoLoras();
  const lora = options.lora === undefined ? own : { lora: await pathOf(options.lora, fetching) };
  const base = await loadWeights(source, { weights, keepCopy, ...lora, ...abort });
  const tokenizer = await loadTokenizer(source);
  const streams = "lora" in own ? undefined : adapterPath;
  const adapter = streams === undefined ? undefined : await loadAdapter(streams, { base: base.weights });
  const parts = {
    name: options.lora === undefined ? path : `${path} with ${lora.lora}`,
    base,
    tokenizer,
    adapterName: adapterPath,
    adapter,
  };
  if (adapter === undefined) return startModel(backend, parts, signal);
  const { threads = null, rowPrecision = null } = options;
  const engine = { backend: backend.name, threads, rowPrecision, weights };
  const facts = { ...machineFacts(), ...engine, ...(await modelFacts(base.weights, adapter.adapter)) };
  const { firstGuesses } = (adapter.calibration ?? {}) as { readonly firstGuesses?: unknown };
  const guesses = firstGuesses === undefined ? undefined : parseFirstGuesses(firstGuesses, streams ?? "the adapter");
  const budgeting = (on: BackendModel, handle: AdapterHandle) => new MachineBudgeting(on, handle, facts, guesses);
  return startModel(backend, { ...parts, budgeting }, signal);
}

function twoLoras(): InvalidArgumentError {
  return new InvalidArgumentError("Two LoRAs cannot be folded into one model.", {
    subject: "lora",
    cure: "Name one of them, and as adapter streams or nothing.",
  });
}
