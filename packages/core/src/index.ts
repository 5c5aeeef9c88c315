export * from "./errors/index.js";
export * from "./model/index.js";
export * from "./graph/index.js";
export * from "./decoder/index.js";
export * from "./contract/index.js";
export * from "./tree/index.js";
export * from "./reference/index.js";
