export * from "./data/read-e2e.js";
export * from "./data/read-mt-bench.js";
export * from "./data/read-sql.js";
export * from "./report/machine.js";
export * from "./report/write-report.js";
export * from "./sql/exact-match.js";
export * from "./sql/execution-match.js";
export * from "./sql/sql-scores.js";
