export { fingerprint } from "./fingerprint.js";
export { type LoadedModel, type LoadModelOptions, loadModel } from "./load-model.js";
export { type ModelFiles, openModelFiles } from "./open-model-files.js";
export { type SaveModelOptions, saveModel } from "./save-model.js";
export type { TensorSource } from "./tensor-source.js";
