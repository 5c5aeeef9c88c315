/** How queries and keys are turned by position: `theta ** (-2i / headSize)` radians a position for pair i, halves rotated. */
export interface RopeSpec {
  readonly theta: number;
}

/** The shape of a decoder of the Llama family; what a graph is built from. Plain data, JSON-safe. */
export interface ModelSpec {
  readonly family: "llama";
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  /** Query heads; a multiple of `kvHeads`. */
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly mlpSize: number;
  readonly normEpsilon: number;
  readonly rope: RopeSpec;
  /** Positions the model was made for: 0 .. maxPositions - 1. */
  readonly maxPositions: number;
  /** True when the LM head is the embedding table itself. */
  readonly tiedHead: boolean;
}
