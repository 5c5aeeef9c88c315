export type { Batch, LossWeights, SharedGoals } from "./batch.js";
export { checkExamples, type TrainingExample } from "./example.js";
export { type Branch, type Forest, growForest } from "./forest.js";
export type { LossTargets } from "./loss-targets.js";
export { losslessBatches } from "./lossless-batch.js";
export { mainRowInputs } from "./main-rows.js";
export { nextTokenBatch } from "./next-token-batch.js";
export { epochBatches } from "./order.js";
export { sharedBatch, sharedTargets } from "./shared-batch.js";
