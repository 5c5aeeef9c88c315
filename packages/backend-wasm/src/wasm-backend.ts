import type { Backend } from "@anabranch/core";
import { createGraphBackend, type GraphBackendLimits } from "@anabranch/graph-backend";
import type { RowPrecision } from "./runtime/row-precision.js";
import { openWasmRuntime } from "./runtime/wasm-runtime.js";

export interface WasmBackendOptions extends GraphBackendLimits {
  /**
   * Threads of a pass, the caller's among them; as many as the machine runs at once, but 8 at most, when absent. One where
   * memory cannot be shared, as in a page that is not cross-origin isolated: the model's warnings say so.
   */
  readonly threads?: number;
  /** What rows keep where they meet weights of 8 or 4 bits; mixed when absent. */
  readonly rowPrecision?: RowPrecision;
}

/**
 * The backend of our own: WebAssembly, in browsers and in Node, with nothing beside it.
 *
 * @throws InvalidArgumentError for a limit that is not a positive whole number
 */
export function createWasmBackend(options: WasmBackendOptions = {}): Backend {
  const { threads, rowPrecision = "mixed" } = options;
  return createGraphBackend({
    ...options,
    name: "wasm",
    runtime: openWasmRuntime({ threads, rowPrecision }),
    weightFormats: ["f32", "int8-block", "int4-block"],
    rowIndependent: true,
  });
}
