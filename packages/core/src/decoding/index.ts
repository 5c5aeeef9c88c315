export * from "./decode.js";
export * from "./step.js";
