import { type Backend, referenceRuntime } from "@anabranch/core";
import { createGraphBackend, type GraphBackendLimits } from "@anabranch/graph-backend";

/**
 * What a row's numbers are rounded to in a product with weights of 8 or 4 bits, by block of the weights.
 *
 * - int7: 7 bits, the fastest where the processor multiplies 8-bit numbers by one instruction.
 * - mixed: int14 in the products where rounding hurts most for what it costs; int7 in the others.
 * - int14: 14 bits, after which nothing is lost but what the weights lost.
 */
export type RowPrecision = "int7" | "mixed" | "int14";

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
  return createGraphBackend({
    ...options,
    name: "wasm",
    runtime: referenceRuntime,
    weightFormats: ["f32", "int8-block", "int4-block"],
    rowIndependent: true,
  });
}
