import type { StreamSpec } from "../model/index.js";

/** An adapter made ready for a model. Several may be attached to one model at once; the base weights stay as they are. */
export interface AdapterHandle {
  readonly streams: StreamSpec;
  /** Whether the adapter has counted transitions, which drafts then use. */
  readonly transitions: boolean;
  dispose(): Promise<void>;
}
