import type { ModelSpec } from "@anabranch/core";

/** What config.json says: the arithmetic, and the tokens that frame a text. JSON-safe. */
export interface ModelConfig {
  readonly spec: ModelSpec;
  readonly bosTokenId?: number;
  /** Any of them ends a text; may be empty. */
  readonly eosTokenIds: readonly number[];
  readonly padTokenId?: number;
  /** What of the file is not offered, one sentence each; absent where there is nothing to say. */
  readonly warnings?: readonly string[];
}
