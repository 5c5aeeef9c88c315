/** Frequencies divided by `factor`: positions are pressed together. */
export interface LinearRopeScaling {
  readonly type: "linear";
  readonly factor: number;
}

/**
 * Llama 3's scaling: wavelengths above `originalPositions / lowFrequencyFactor` are stretched by `factor`, those below
 * `originalPositions / highFrequencyFactor` are left, and those between are mixed.
 */
export interface Llama3RopeScaling {
  readonly type: "llama3";
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalPositions: number;
}

/**
 * YaRN (Peng and others, 2023): pairs that make `betaFast` turns and more over `originalPositions` are left, those that make
 * `betaSlow` and fewer are stretched by `factor`, and those between are mixed by a ramp over the pairs.
 */
export interface YarnRopeScaling {
  readonly type: "yarn";
  readonly factor: number;
  readonly originalPositions: number;
  readonly betaFast: number;
  readonly betaSlow: number;
  /** Whether the ramp begins and ends at whole pairs. */
  readonly truncate: boolean;
  /** What the turned features are multiplied by, of queries and keys both. */
  readonly attentionFactor: number;
}

/** LongRoPE: each frequency divided by a factor of its own, which holds for texts of up to `positions` tokens. */
export interface LongRopeScaling {
  readonly type: "longrope";
  /** One for each pair that turns. */
  readonly factors: readonly number[];
  readonly positions: number;
  /** What the turned features are multiplied by, of queries and keys both. */
  readonly attentionFactor: number;
}

export type RopeScaling = LinearRopeScaling | Llama3RopeScaling | YarnRopeScaling | LongRopeScaling;

/**
 * How queries and keys are turned by position: `theta ** (-2i / size)` radians a position for pair i, halves rotated, where
 * `size` is the head size or `rotated`.
 */
export interface RopeSpec {
  readonly theta: number;
  readonly scaling?: RopeScaling;
  /** Features of a head that turn, its first ones: an even number; all when absent. */
  readonly rotated?: number;
}
