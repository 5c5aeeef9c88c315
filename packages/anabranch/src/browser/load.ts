import { throwIfAborted } from "@anabranch/core";
import type { LanguageModel } from "./language-model.js";
import type { LoadOptions } from "./load-options.js";
import { type Place, sentPlace } from "./place.js";
import { loadRemotely } from "./remote/load-remotely.js";

/**
 * Loads a model to generate with. Its files are fetched once and kept in the browser's storage; all work is done by a worker.
 *
 * @throws HubError (the server has no such file, refuses, or cannot be reached), IoError, InvalidFileError, ChecksumError,
 *   UnsupportedError, MissingTensorError, ShapeMismatchError, WrongBaseModelError, InvalidArgumentError, BackendFailedError,
 *   AbortedError. Nothing stays in memory then, and no worker.
 */
export async function load(model: Place, options: LoadOptions = {}): Promise<LanguageModel> {
  const { adapter, signal, onProgress, worker, ...settings } = options;
  throwIfAborted(signal, "Loading");
  const places = {
    model: sentPlace(model, "model"),
    adapter: adapter === undefined ? undefined : sentPlace(adapter, "adapter"),
  };
  if (worker !== false) return loadRemotely(places, settings, { signal, onProgress });
  const { loadHere } = await import("./engine/load-here.js");
  return loadHere(places, settings, { signal, onProgress });
}
