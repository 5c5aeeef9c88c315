export { ggufConfig } from "./model/gguf-config.js";
export { ggufTensors } from "./model/gguf-tensors.js";
export { type GgufFile, openGguf } from "./open-gguf.js";
export type { GgufTensor } from "./tensor-info.js";
export type { GgufTensorType } from "./tensor-type.js";
export type { GgufValue, GgufValueType } from "./value.js";
