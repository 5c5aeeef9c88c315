import { AbortedError } from "@anabranch/core";
import type { Listeners, Places, SentSettings } from "../engine/load-here.js";
import type { LanguageModel } from "../language-model.js";
import { Engine } from "./engine.js";
import { remoteModel } from "./remote-model.js";

/** Milliseconds; a load that fails late ends threads that it had started. */
const THREADS_END = 1000;

/** Loads a model in a worker of its own. @throws what `load` throws; then there is no worker either */
export async function loadRemotely(
  places: Places,
  settings: SentSettings,
  { signal, onProgress }: Listeners,
): Promise<LanguageModel> {
  const engine = new Engine();
  const stop = () => engine.end(() => new AbortedError("Loading was aborted.", { cause: signal?.reason }));
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return remoteModel(engine, await engine.load({ places, settings }, onProgress));
  } catch (error) {
    engine.end(() => error as Error, THREADS_END);
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
