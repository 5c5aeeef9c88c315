export { bestPrefix, cutToBudget, type Prefix } from "./budgeted-prefix.js";
export { type CountTransitionsOptions, countTransitions } from "./count-transitions.js";
export * from "./draft-tree.js";
export { type GrowingTree, type OpenNode, streamsTree } from "./growing-tree.js";
export * from "./row-visibility.js";
export { survivingRows } from "./surviving-rows.js";
export * from "./top-k-tree.js";
export { type RankedTokens, Transitions } from "./transitions.js";
export { unionTree } from "./union-tree.js";
