export * from "./data/read-e2e.js";
