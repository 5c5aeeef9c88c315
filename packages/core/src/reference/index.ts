export { interpret } from "./interpret.js";
export { referenceRuntime } from "./reference-runtime.js";
export type { ReferenceTensor } from "./tensor.js";
