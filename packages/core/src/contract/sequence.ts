import type { AdapterHandle } from "./adapter-handle.js";

/**
 * A text being decoded: it owns its keys and values. The rows of its latest pass stay until its next pass, commit or
 * rollback, so that `commit` can keep some of them; the calls that move it on (pass, commit, streams, draft) are the model's, since they may
 * take many sequences at once.
 */
export interface Sequence {
  /** Committed tokens. */
  readonly length: number;
  /** The adapter it was made with. */
  readonly adapter: AdapterHandle | undefined;
  /**
   * Forgets all but the first `length` committed tokens, and the latest pass's rows.
   * @throws InvalidArgumentError when `length` is not within 0..length.
   */
  rollback(length: number): Promise<void>;
  /** A second sequence with the same committed text. The rows of the latest pass stay with this one. */
  fork(): Promise<Sequence>;
  /** Frees its keys and values. Using it afterwards is a DisposedError; disposing twice is not. */
  dispose(): Promise<void>;
}
