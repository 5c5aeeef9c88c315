export * from "./data/read-e2e.js";
export * from "./report/machine.js";
export * from "./report/write-report.js";
