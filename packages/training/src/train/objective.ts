import type { Float32Tensor, WeightTensor } from "@anabranch/core";
import type { Batch, TrainingExample } from "../batches/index.js";
import type { LossGraph } from "../graphs/index.js";
import type { SegmentedStep } from "../segments/index.js";

/** What a mode of training consists of; the loop, the optimiser and checkpoints know no more. */
export interface Objective {
  readonly loss: LossGraph;
  /** Weights that learn: changed in place. */
  readonly trained: ReadonlyMap<string, Float32Tensor>;
  /** The other weights of the loss graph. */
  readonly constants: ReadonlyMap<string, WeightTensor>;
  /** The examples of one optimiser step as runs of the loss graph whose gradients add up; one where memory allows. */
  batches(examples: readonly TrainingExample[]): Promise<readonly Batch[]>;
  /** The same for measuring, where nothing is kept for a way back and memory is no concern. */
  measured?(examples: readonly TrainingExample[]): Promise<readonly Batch[]>;
  /** The tokens that the streams' guesses and targets are places of, where the main stream's are token ids. */
  readonly draftVocabulary?: Int32Array;
  /** Runs batches that come in segments. */
  readonly segmented?: SegmentedStep;
  dispose(): Promise<void>;
}
