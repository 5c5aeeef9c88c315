export type { TrainingExample } from "./batches/index.js";
export type { CheckpointStore, TrainingState } from "./checkpoint/index.js";
export { type DifferentiateOptions, differentiate, gradientName } from "./differentiate/index.js";
export { lossNames, nextTokenGraph, seedsOf, sharedGraph } from "./graphs/index.js";
export { type StreamRanks, type StreamRanksOptions, streamRanks } from "./measure/stream-ranks.js";
export { initialAdapter, initialWeights } from "./model/initial-weights.js";
export { type KnownStates, memoryStates, type StateHandle, type StateStore } from "./states/index.js";
export * from "./train/index.js";
