export * from "./model-spec.js";
export * from "./parameter-names.js";
export * from "./parameter-shapes.js";
export * from "./stream-spec.js";
export * from "./weights.js";
