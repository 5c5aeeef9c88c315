export { createOnnxBackend, type OnnxBackendOptions } from "./onnx-backend.js";
export { createOnnxRuntime, type OnnxRuntimeOptions, type RowPrecision } from "./runtime/onnx-runtime.js";
