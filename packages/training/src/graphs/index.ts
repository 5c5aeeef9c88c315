export { type LossGraph, type LossSet, nextTokenGraph, seedsOf, sharedGraph, withLoss } from "./loss-graph.js";
export { lossNames } from "./loss-names.js";
