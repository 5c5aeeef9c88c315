import { InvalidArgumentError } from "@anabranch/core";

/** What a training run is made of besides model and data. Plain data: it is kept in checkpoints, and must match on resuming. */
export interface TrainSettings {
  readonly seed: number;
  /** Times that every completion is seen. */
  readonly epochs: number;
  /** Optimiser steps; instead of `epochs` where given. */
  readonly steps?: number;
  /** Main rows of a batch, padding included. */
  readonly batchRows: number;
  /**
   * Shared mode: rows with streams that are in memory at once, `batchRows` when absent. A batch with more goes in segments
   * (appendix C): the same gradients, for one more forward pass.
   */
  readonly segmentRows?: number;
  /** Completions that share one copy of their prompt, at most. */
  readonly completionsPerPrompt: number;
  /** The peak; rises linearly for `warmUpSteps`, then falls linearly to 0. */
  readonly learningRate: number;
  /** The stream embeddings' rate, in learning rates. A trial found that they need about 20. */
  readonly embeddingRate: number;
  readonly warmUpSteps: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Largest norm of all gradients together; larger ones are scaled down to it. */
  readonly clipNorm: number;
  /** α_0 of Eq. 5. Without effect in next-token training (1) and in lossless mode (the main stream does not learn). */
  readonly mainWeight: number;
  /** α_j of Eq. 5, one for all streams or one each. */
  readonly streamWeights: number | readonly number[];
  /**
   * Lossless mode with a draft vocabulary: tokens that a batch's softmax is over besides its own targets, drawn anew for each
   * batch; 0 or absent: all of the draft vocabulary.
   */
  readonly sampledTokens?: number;
  /** Steps between measurements on held-out examples; 0: only at the end. */
  readonly heldOutEvery: number;
  /** Batches of held-out examples that a measurement takes, at most. */
  readonly heldOutBatches: number;
  /** Steps between checkpoints; 0: only at the end. */
  readonly checkpointEvery: number;
}

/** The paper's loss weights (3.1.5, 3.1.4); optimiser and sizes are those of the trial in the design notes. */
export const defaultSettings: TrainSettings = {
  seed: 1,
  epochs: 1,
  batchRows: 2000,
  completionsPerPrompt: 4,
  learningRate: 1e-3,
  embeddingRate: 20,
  warmUpSteps: 50,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  clipNorm: 1,
  mainWeight: 1,
  streamWeights: 0.1,
  heldOutEvery: 200,
  heldOutBatches: 4,
  checkpointEvery: 200,
};

const positive = [
  "epochs",
  "batchRows",
  "completionsPerPrompt",
  "learningRate",
  "embeddingRate",
  "clipNorm",
  "epsilon",
];
const whole = [
  "batchRows",
  "segmentRows",
  "completionsPerPrompt",
  "warmUpSteps",
  "sampledTokens",
  "heldOutEvery",
  "heldOutBatches",
  "checkpointEvery",
];

/** @throws InvalidArgumentError naming the setting. */
export function completeSettings(given: Partial<TrainSettings>): TrainSettings {
  const settings = { ...defaultSettings, ...given };
  for (const [name, value] of Object.entries(settings)) {
    const numbers: readonly number[] = typeof value === "number" ? [value] : value;
    const low = positive.includes(name) ? Number.MIN_VALUE : 0;
    const bad = numbers.find((n) => !Number.isFinite(n) || n < low || (whole.includes(name) && !Number.isInteger(n)));
    if (bad !== undefined) {
      throw new InvalidArgumentError(`The training setting ${name} cannot be ${bad}.`, {
        subject: name,
        cure: `Give ${whole.includes(name) ? "a whole number" : "a number"}, ${low > 0 ? "above 0" : "0 or more"}.`,
      });
    }
  }
  return settings;
}

/** α_j of each stream. @throws InvalidArgumentError when there are not γ of them. */
export function streamWeights({ streamWeights: given }: TrainSettings, gamma: number): readonly number[] {
  if (typeof given === "number") return new Array(gamma).fill(given);
  if (given.length === gamma) return given;
  throw new InvalidArgumentError(`streamWeights has ${given.length} numbers for ${gamma} streams.`, {
    subject: "streamWeights",
    cure: "Give one number, or one for each stream.",
  });
}
