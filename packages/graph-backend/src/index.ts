export { checkInputs, checkTensor } from "./check-inputs.js";
export type { DraftWeights } from "./draft-weights.js";
export { createGraphBackend, type GraphBackendLimits, type GraphBackendOptions } from "./graph-backend.js";
export type { ModelRuntime, OpenRuntime, TensorSource } from "./model-runtime.js";
