export { buildExitGraph, exitNames } from "./early-exit.js";
export { addHead } from "./head.js";
export {
  addMarkovHead,
  buildMarkovLevelGraph,
  buildMarkovTokensGraph,
  markovNames,
} from "./markov-head.js";
export * from "./pass-graph.js";
export * from "./rope-frequencies.js";
export { fillStreamNumbers, HIDDEN_BIAS, passNames, type RowSetName } from "./row-set.js";
export { insertionLayer } from "./stages.js";
