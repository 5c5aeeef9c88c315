import type { Sequence } from "./sequence.js";

/** The parent of a row that follows the committed text. */
export const COMMITTED = -1;

/** What to return for a row. Results are asked for, never dumped. */
export interface RowRead {
  /** The most probable next token, the lowest id where several are equal. */
  readonly argmax?: boolean;
  /** How many of the most probable next tokens, with log-probabilities. */
  readonly topLogProbs?: number;
  /** Log-probabilities of these tokens. */
  readonly logProbsOf?: readonly number[];
  /** All logits. */
  readonly logits?: boolean;
  /** States that enter these layers (0: the embeddings); `layers` itself: the states after the final norm. */
  readonly hidden?: readonly number[];
  /** Added to the logits before anything above is computed: [vocabulary]. -Infinity forbids a token. */
  readonly vocabularyBias?: Float32Array;
}

/**
 * One row of a pass: a token at a place in the tree. Its position is the committed length plus its depth; it sees the
 * committed text, its ancestors and itself. Plain decoding, prefill and tree verification are all just rows.
 */
export interface PassRow {
  readonly token: number;
  /** Index of the row that this one follows, smaller than its own index; or COMMITTED. */
  readonly parent: number;
  /**
   * Whether the adapter's γ streams run beside this row; false when absent. With a shared-mode adapter the main stream sees
   * them, so which rows carry streams changes the output: from the last prompt row on, every row must.
   */
  readonly streams?: boolean;
  readonly read?: RowRead;
}

/**
 * Sub-trees under a child whose transition probability (3.1.3) is below the threshold are dropped inside the pass, between the
 * layers without streams and those with them. Rows that follow the committed text are never dropped. What is dropped no other
 * row sees, so the results of the others stay what they are.
 */
export interface Pruning {
  /** 0..1; 0 drops nothing. */
  readonly threshold: number;
}

export interface PassRequest {
  readonly sequence: Sequence;
  readonly rows: readonly PassRow[];
  /** Only where the sequence's adapter has a pruning adapter. */
  readonly pruning?: Pruning;
}

export interface TokenLogProbs {
  /** Best first, [k]; equal ones by ascending id. */
  readonly tokens: Int32Array;
  /** [k], natural logarithm */
  readonly logProbs: Float32Array;
}

/** What was read of a row. `survived` is false when pruning dropped it: nothing was read, and it cannot be committed. */
export interface RowResult {
  readonly survived: boolean;
  readonly argmax?: number;
  readonly topLogProbs?: TokenLogProbs;
  /** [tokens asked for] */
  readonly logProbsOf?: Float32Array;
  /** [vocabulary] */
  readonly logits?: Float32Array;
  /** By layer: [hidden] */
  readonly hidden?: ReadonlyMap<number, Float32Array>;
}

/** Results in the order of the request's rows. */
export interface PassResult {
  readonly rows: readonly RowResult[];
}
