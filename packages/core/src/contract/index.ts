export * from "./graph-runtime.js";
