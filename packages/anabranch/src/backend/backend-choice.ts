import type { Backend } from "@anabranch/core";

/** What rows keep on each backend. Said here anew: its package may not be installed, and then its types are not there either. */
export const ROW_PRECISIONS = {
  wasm: ["int8", "mixed", "int14"],
  onnx: ["int8", "mixed", "int16", "float32"],
} as const;

/** Backends that `load` makes itself. */
export type BackendName = keyof typeof ROW_PRECISIONS;

/** What `load` takes where nothing is said. */
export const DEFAULT_BACKEND: BackendName = "wasm";

export type WasmRowPrecision = (typeof ROW_PRECISIONS.wasm)[number];
export type OnnxRowPrecision = (typeof ROW_PRECISIONS.onnx)[number];

/**
 * What computes, and what rows keep where they meet weights of 8 or 4 bits.
 *
 * - wasm, the default: WebAssembly of our own, with nothing to install. rowPrecision: "mixed" when absent; "int8", the
 *   fastest; "int14", after which nothing is lost but what the weights lost.
 * - onnx: ONNX Runtime on the processor; needs the package `@anabranch/backend-onnx`. rowPrecision: "mixed" when absent (for
 *   float32 weights it is of no matter); "int8", the fastest; "int16", after which nothing is lost but what the weights lost;
 *   or "float32", the same in four times the memory.
 * - a `Backend` of one's own, which has settings of its own.
 */
export type BackendChoice =
  | { readonly backend?: "wasm"; readonly rowPrecision?: WasmRowPrecision }
  | { readonly backend: "onnx"; readonly rowPrecision?: OnnxRowPrecision }
  | { readonly backend: Backend; readonly rowPrecision?: never };

export type RowPrecision = WasmRowPrecision | OnnxRowPrecision;
