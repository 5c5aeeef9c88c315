import type { CallOptions, GraphRuntime, ModelWeights, Tensor, WeightTensor } from "@anabranch/core";

/** Makes tensors where a runtime reads them without copying. */
export interface TensorSource {
  /**
   * Tensors of zeros, f32, of one shape.
   *
   * @throws ContextOverflowError when no memory is left
   */
  allocate(shape: readonly number[], count: number): readonly Tensor[];
  /** Gives back what one `allocate` gave. */
  free(tensors: readonly Tensor[]): void;
  /**
   * Copies a row that a graph gave, [.., kvHeads * headSize], into a slot of one of these tensors, [kvHeads, capacity, headSize].
   *
   * @returns false where the row is in other memory; absent: it always is. Whoever asks copies number by number then
   */
  copyHeads?(from: Tensor, row: number, to: Tensor, slot: number): boolean;
}

/** Tensors in memory of JavaScript's own, freed by its garbage collector. */
export const plainTensors: TensorSource = {
  allocate(shape, count) {
    const length = shape.reduce((size, axis) => size * axis, 1);
    return Array.from({ length: count }, () => ({ shape, data: new Float32Array(length) }));
  },
  free() {},
};

/** A runtime that serves one model, whose weights it holds: graphs are compiled without giving them. */
export interface ModelRuntime extends GraphRuntime {
  /** Where keys and values are kept. */
  readonly tensors: TensorSource;
  /** How many slots they have at least: more where a run is prepared for one number of them, and short texts should share it. */
  readonly fewestSlots?: number;
  /** How it holds one of the model's weights. */
  weightFormat(name: string): WeightTensor["format"];
  /** See `BackendModel.warnings`. */
  readonly warnings: readonly string[];
  /** Frees all of its memory, whatever it was given out for. */
  dispose(): Promise<void>;
}

/**
 * Opens a runtime for a model and takes the weights over.
 *
 * @throws UnsupportedError for a model that is too large for it; AbortedError
 */
export type OpenRuntime = (weights: ModelWeights, call?: CallOptions) => Promise<ModelRuntime>;
