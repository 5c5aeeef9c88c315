/** What an adapter's folder says beside streams and tensors; this package passes it on without a look inside. */
export interface AdapterSettings {
  /** Name or path of the base model, for people and for hubs; the fingerprint is what is checked. */
  readonly baseModel?: string;
  /** How the streams' probabilities are calibrated: any JSON value. */
  readonly calibration?: unknown;
  /** A drafter's own table: any JSON value. */
  readonly opening?: unknown;
}
