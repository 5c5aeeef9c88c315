import type { Adapter, ModelSpec } from "../model/index.js";
import type { AbortSignalLike } from "./abort.js";
import type { AdapterHandle } from "./adapter-handle.js";
import type { Capabilities } from "./capabilities.js";
import type { DraftRequest, DraftTree, StreamsRequest } from "./draft.js";
import type { PassRequest, PassResult } from "./pass.js";
import type { Sequence } from "./sequence.js";

export interface SequenceOptions {
  /** Streams for this sequence; without it the model is the plain base model. */
  readonly adapter?: AdapterHandle;
}

export interface CommitRequest {
  readonly sequence: Sequence;
  /**
   * Rows of the latest pass to keep, in order: a path whose first row follows the committed text and whose every other
   * row follows the one before it. Empty keeps nothing.
   */
  readonly path: readonly number[];
}

export interface CallOptions {
  /** Checked before the work begins and between chunks of it. */
  readonly signal?: AbortSignalLike;
}

/**
 * A loaded model. The order of a step, for any number of sequences at once:
 * `pass`, `commit`, where streams are deferred `streams`, then `draft`, and the next `pass`.
 *
 * Calls are queued: one that is made while another runs waits for it. All are asynchronous, so that a backend may live in
 * a worker.
 */
export interface BackendModel {
  readonly spec: ModelSpec;
  readonly capabilities: Capabilities;
  /** What of the machine or the model could not be used, in words for people. */
  readonly warnings?: readonly string[];

  /**
   * Makes an adapter ready.
   * @throws UnsupportedError for a mode that capabilities do not name; ShapeMismatchError, MissingTensorError.
   */
  attach(adapter: Adapter): Promise<AdapterHandle>;

  /** A new, empty sequence. @throws ContextOverflowError when no memory is left for it. */
  createSequence(options?: SequenceOptions): Promise<Sequence>;

  /**
   * Runs rows. Nothing is committed: the rows wait for `commit` until the sequence's next pass.
   * @throws UnknownTokenError, InvalidArgumentError (no rows, a parent that does not precede its row, one sequence twice),
   * UnsupportedError (more than capabilities declare), ContextOverflowError, DisposedError, AbortedError, BackendFailedError.
   */
  pass(requests: readonly PassRequest[], options?: CallOptions): Promise<readonly PassResult[]>;

  /**
   * Makes rows of the latest pass part of the text.
   * @throws InvalidArgumentError for a path that is not one; DroppedRowError for a row that was pruned or is not there.
   */
  commit(requests: readonly CommitRequest[]): Promise<void>;

  /**
   * Deferred streams, beside each sequence's last committed row.
   * @throws UnsupportedError in shared mode or without an adapter; InvalidArgumentError for a sequence whose last committed
   * row is not from its latest pass.
   */
  streams(requests: readonly StreamsRequest[], options?: CallOptions): Promise<void>;

  /**
   * Draft trees from the streams of each sequence's last committed row, run in the pass or by `streams`.
   * @throws InvalidArgumentError when that row carried no streams.
   */
  draft(requests: readonly DraftRequest[], options?: CallOptions): Promise<readonly DraftTree[]>;

  /** Frees everything, its sequences and adapters included. */
  dispose(): Promise<void>;
}
