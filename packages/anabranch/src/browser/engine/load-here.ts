import { isLora, loadAdapter, ProgressMeter } from "@anabranch/checkpoints";
import { type Backend, throwIfAborted } from "@anabranch/core";
import { openWasm } from "../../backend/open-wasm.js";
import type { LanguageModel } from "../../model/language-model.js";
import { readWeights } from "../../model/read-weights.js";
import { startModel } from "../../model/start-model.js";
import { openPlace } from "../fetch/open-place.js";
import type { EngineSettings, FetchSettings, LoadProgress } from "../load-options.js";
import type { SentPlace } from "../place.js";
import { readTokenizer } from "./read-tokenizer.js";

/** What is to be loaded. */
export interface Places {
  readonly model: SentPlace;
  readonly adapter: SentPlace | undefined;
}

/** Settings that can be sent to a worker. */
export type SentSettings = FetchSettings & EngineSettings;

export interface Listeners {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** Loads a model in this thread: a worker's, or that of whoever asked for no worker. @throws what `load` throws */
export async function loadHere(
  places: Places,
  settings: SentSettings & { readonly backend?: Backend },
  { signal, onProgress }: Listeners,
): Promise<LanguageModel> {
  const { backend = openWasm(settings), keep = true, refresh = false, headers = {} } = settings;
  const weights = settings.weights ?? (settings.backend === undefined ? "quantized" : "float32");
  const call = signal === undefined ? {} : { signal };
  const warnings = new Set<string>();
  const meter = new ProgressMeter(onProgress);
  const fetching = { headers, keep, refresh, signal, meter, warn: (text: string) => void warnings.add(text) };
  // The adapter first: it is small, and where it is missing nothing else need be fetched.
  const adapter = places.adapter && (await openPlace(places.adapter, "adapter", fetching));
  const { name, files } = await openPlace(places.model, "model", fetching);
  throwIfAborted(signal, "Loading a model");
  const lora = adapter !== undefined && (await isLora(adapter.files)) ? adapter.files : undefined;
  const base = await readWeights(files, { weights, lora, ...call });
  const streams = adapter === undefined || lora !== undefined ? undefined : adapter.files;
  const parts = {
    name,
    base: { ...base, warnings: [...warnings, ...base.warnings] },
    tokenizer: await readTokenizer(files),
    adapterName: adapter?.name,
    adapter: streams && (await loadAdapter(streams, { base: base.weights })),
  };
  return startModel(backend, parts, signal);
}
