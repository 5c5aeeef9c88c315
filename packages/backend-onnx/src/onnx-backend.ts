import type { Backend } from "@anabranch/core";
import { createGraphBackend, type GraphBackendLimits } from "@anabranch/graph-backend";
import { createOnnxRuntime, type OnnxRuntimeOptions } from "./runtime/onnx-runtime.js";

export interface OnnxBackendOptions extends OnnxRuntimeOptions, GraphBackendLimits {}

/**
 * The backend on ONNX Runtime, on the processor.
 * @throws InvalidArgumentError for a limit that is not a positive whole number
 */
export function createOnnxBackend(options: OnnxBackendOptions = {}): Backend {
  const runtime = createOnnxRuntime(options);
  return createGraphBackend({ ...options, name: "onnx", runtime, weightFormats: ["f32", "int8-block", "int4-block"] });
}
