export * from "./draft-tree.js";
export * from "./row-visibility.js";
export * from "./top-k-tree.js";
