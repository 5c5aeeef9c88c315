export * from "./converted/index.js";
export * from "./hub/index.js";
