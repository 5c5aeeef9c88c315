/** How closely and how often a backend is held against the reference. */
export interface ConformanceOptions {
  /**
   * How far a number may lie from the reference's, as a share of the largest value it stands beside (of 1 at least).
   * 1e-3 when absent: float32 arithmetic stays well below.
   */
  readonly tolerance?: number;
  /** The same for int8-block weights, for backends that round activations to 8 bits too. `tolerance` when absent. */
  readonly int8Tolerance?: number;
  /** Random models and trees of each property; 10 when absent. */
  readonly runs?: number;
  /** Seed of everything random; 1 when absent, so that a failure comes back. */
  readonly seed?: number;
  /** Whether a failing example is made smaller before it is reported; true when absent. */
  readonly shrink?: boolean;
}

export type ConformanceSettings = Required<ConformanceOptions>;

export function settingsFrom(options: ConformanceOptions): ConformanceSettings {
  const { tolerance = 1e-3, int8Tolerance = tolerance, runs = 10, seed = 1, shrink = true } = options;
  return { tolerance, int8Tolerance, runs, seed, shrink };
}
