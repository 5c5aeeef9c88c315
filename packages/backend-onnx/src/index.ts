export {
  createGraphBackend,
  createOnnxBackend,
  type DraftWeights,
  type GraphBackendLimits,
  type GraphBackendOptions,
  type OnnxBackendOptions,
} from "./backend/index.js";
export { createOnnxRuntime, type OnnxRuntimeOptions, type RowPrecision } from "./runtime/onnx-runtime.js";
