export * from "./data/e2e.js";
export * from "./measure/alternate.js";
export * from "./metrics/acceptance.js";
export * from "./metrics/differences.js";
export * from "./metrics/rouge.js";
export * from "./metrics/summary.js";
