import type { RowPrecision } from "@anabranch/backend-wasm";
import type { HubProgress, WeightFormat } from "@anabranch/checkpoints";
import type { Backend } from "@anabranch/core";
import type { Place } from "./place.js";

/** How far a download is. Sizes are of all files that were found so far; what was kept already counts as received. */
export type LoadProgress = HubProgress;

/** Where files are fetched and kept. */
export interface FetchSettings {
  /**
   * Whether files are kept in the browser's storage for this origin, from which the next load takes them without any network.
   * Default true.
   */
  readonly keep?: boolean;
  /** Whether the server is asked for what has changed since files were kept. Default false. */
  readonly refresh?: boolean;
  /** Sent with each request, such as an `authorization` for a model that is not public. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the model runs. */
export interface EngineSettings {
  /** Threads; as many as the machine runs at once, but 8 at most, when absent. One where the page is not cross-origin isolated. */
  readonly threads?: number;
  /** What rows keep where they meet weights of 8 or 4 bits; "mixed" when absent. */
  readonly rowPrecision?: RowPrecision;
  /**
   * What the weights become: "float32"; "int8" or "int4", rounded in blocks of 32; "quantized", the default: as the file has
   * them where that is in blocks of 8 or 4 bits, and "int8" where not; or "as-stored".
   */
  readonly weights?: WeightFormat;
}

export interface LoadSettings extends FetchSettings, EngineSettings {
  /** A stream adapter, without which the model decodes plainly; or a plain LoRA as PEFT writes it, which is folded in. */
  readonly adapter?: Place;
  readonly signal?: AbortSignal;
  /** Hears of the download. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** Who computes: a worker of the model's own, so that the page never waits; or, for those who have a worker, whoever calls. */
export type LoadOptions = LoadSettings &
  ({ readonly worker?: true } | { readonly worker: false; readonly backend?: Backend });
