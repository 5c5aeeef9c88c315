import type { Float32Tensor } from "@anabranch/core";

/** Everything that training needs to go on as if it had never stopped. */
export interface TrainingState {
  /** Optimiser steps taken. */
  readonly step: number;
  /** Best value of the held-out measure so far (lower is better). */
  readonly best: number | undefined;
  /** What the run is made of, as JSON: a state is only good for the run it came from. */
  readonly run: string;
  /** Weights by name, and the optimiser's moments as `mean.<name>` and `square.<name>`. */
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
}

/** Where states are kept. `@anabranch/training/node` has one in a folder. */
export interface CheckpointStore {
  /** The last state, undefined where there is none. */
  load(): Promise<TrainingState | undefined>;
  /** Keeps the state in place of the last one; all or nothing, whenever the process dies. */
  save(state: TrainingState): Promise<void>;
  /** Keeps the weights of the best step so far. */
  saveBest(weights: ReadonlyMap<string, Float32Tensor>, step: number): Promise<void>;
}
