export { knownInputs } from "./known-inputs.js";
export {
  type LossGraph,
  type LossSet,
  nextTokenGraph,
  type SharedGraphOptions,
  seedsOf,
  sharedGraph,
} from "./loss-graph.js";
export { lossNames } from "./loss-names.js";
export { type BaseStatesGraph, baseStatesGraph, DRAFT_CORRECTION, losslessGraph } from "./lossless-graph.js";
