export * from "./decode.js";
export * from "./kept-text.js";
export * from "./step.js";
