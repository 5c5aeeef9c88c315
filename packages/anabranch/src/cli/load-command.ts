import type { LanguageModel } from "../model/language-model.js";
import { load } from "../model/load.js";
import { backendFrom } from "./backend-options.js";
import { errorColours } from "./colours.js";
import { type ModelOptions, placesOf } from "./options.js";
import { downloadBar } from "./progress.js";

/** Loads what a command's options name. */
export async function loadFrom(options: ModelOptions, signal: AbortSignal): Promise<LanguageModel> {
  const { model, adapter } = placesOf(options);
  const bar = downloadBar();
  const loaded = await load(model, {
    ...(adapter === undefined ? {} : { adapter }),
    ...(options.lora === undefined ? {} : { lora: options.lora }),
    ...backendFrom(options),
    signal,
    onProgress: bar.update,
  }).finally(bar.stop);
  for (const warning of loaded.warnings) process.stderr.write(`${errorColours.dim(warning)}\n`);
  return loaded;
}
