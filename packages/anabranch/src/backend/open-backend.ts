import type { WeightFormat } from "@anabranch/checkpoints";
import { type Backend, InvalidArgumentError } from "@anabranch/core";
import {
  type BackendChoice,
  type BackendName,
  DEFAULT_BACKEND,
  type OnnxRowPrecision,
  ROW_PRECISIONS,
  type WasmRowPrecision,
} from "./backend-choice.js";
import { checkPrecision, strangePrecision } from "./check-precision.js";
import { importOnnx } from "./import-onnx.js";
import { openWasm } from "./open-wasm.js";

export interface OpenedBackend {
  readonly backend: Backend;
  /** What a model's weights are to become for it. */
  readonly weights: WeightFormat;
}

export interface BackendSettings {
  readonly threads?: number;
  /** What is best for the backend when absent. */
  readonly weights?: WeightFormat;
}

/** 8 bits cost a wasm model next to nothing in quality, and make it several times faster; ONNX Runtime is there for float32. */
const DEFAULT_WEIGHTS: Record<BackendName, WeightFormat> = { wasm: "quantized", onnx: "float32" };

/**
 * The backend that options name.
 *
 * @throws InvalidArgumentError for a name that none has, or a row precision that is another backend's; UnsupportedError where
 *   its package is not installed
 */
export async function openBackend(options: BackendChoice & BackendSettings): Promise<OpenedBackend> {
  const { backend = DEFAULT_BACKEND, rowPrecision, threads, weights } = options;
  if (typeof backend !== "string") {
    if (rowPrecision === undefined) return { backend, weights: weights ?? "float32" };
    throw strangePrecision(rowPrecision, `a backend of one's own`, "Give it to that backend.");
  }
  checkName(backend);
  checkPrecision(backend, rowPrecision);
  const chosen = weights ?? DEFAULT_WEIGHTS[backend];
  if (backend === "wasm") {
    return { backend: openWasm({ threads, rowPrecision: rowPrecision as WasmRowPrecision }), weights: chosen };
  }
  const settings = { draftWeights: "int8", ...(threads === undefined ? {} : { threads }) } as const;
  const { createOnnxBackend } = await importOnnx("The onnx backend");
  // Float32 weights are not rounded but for drafts, which are to be fast.
  const precision = (rowPrecision as OnnxRowPrecision | undefined) ?? (chosen === "float32" ? "int8" : "mixed");
  return { backend: createOnnxBackend({ ...settings, rowPrecision: precision }), weights: chosen };
}

/** Options may come from JavaScript or a command line. */
function checkName(backend: string): asserts backend is BackendName {
  if (Object.hasOwn(ROW_PRECISIONS, backend)) return;
  throw new InvalidArgumentError(`There is no backend "${backend}".`, {
    subject: "backend",
    cure: `Name ${Object.keys(ROW_PRECISIONS).join(" or ")}, or pass a Backend.`,
  });
}
