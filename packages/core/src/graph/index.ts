export * from "./builder.js";
export * from "./dims.js";
export * from "./graph.js";
export * from "./operations.js";
export * from "./print.js";
