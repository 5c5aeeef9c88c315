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

export type RopeScaling = LinearRopeScaling | Llama3RopeScaling;

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
