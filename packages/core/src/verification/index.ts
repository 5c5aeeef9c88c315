export * from "./greedy.js";
