/** The pruning adapter's settings (paper 3.1.3). */
export interface PruningSettings {
  /** Rank of o_θ. */
  readonly rank: number;
  /** A drafted row below this probability is dropped; 0..1. */
  readonly threshold: number;
}

/** What an adapter's folder says beside streams and tensors; this package passes it on without a look inside. */
export interface AdapterSettings {
  /** Name or path of the base model, for people and for hubs; the fingerprint is what is checked. */
  readonly baseModel?: string;
  /** How the streams' probabilities are calibrated: any JSON value. */
  readonly calibration?: unknown;
  readonly pruning?: PruningSettings;
  /** A drafter's own table: any JSON value. */
  readonly opening?: unknown;
}
