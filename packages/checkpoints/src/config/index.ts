export type { ModelConfig } from "./model-config.js";
export { readModelConfig } from "./read-model-config.js";
export { writeModelConfig } from "./write-model-config.js";
