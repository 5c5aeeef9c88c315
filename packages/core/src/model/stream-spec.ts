import type { LinearModule } from "./parameter-names.js";

/**
 * shared: a main row also sees its own streams (Eq. 1) and adapters act on every row of every layer;
 * lossless: main rows see main rows only, and adapters act on stream rows alone.
 */
export type StreamMode = "shared" | "lossless";

/** LoRA as PEFT has it: `y = W x + (alpha / rank) B (A x)`. */
export interface LoraSpec {
  readonly rank: number;
  readonly alpha: number;
  readonly modules: readonly LinearModule[];
  /** Layers that carry it, ascending. In lossless mode they must be MSA layers. */
  readonly layers: readonly number[];
}

/**
 * A Markov head: streams that know the token before theirs, which only the path through the draft tree tells. With e(x) the
 * frozen input embedding times `tokenScale`, z_j the state of stream j after the final norm, x_0 the bonus token:
 *
 *     u_1 = silu(A e(x_0)),  u_j = silu(A e(x_{j-1}) + R u_{j-1})
 *     logits of x_j = H(z_j + B_j u_j)
 *
 * A vanilla head has no R: only the token before counts. No part of the paper; the field's name for it (DSpark, arXiv 2607.05147).
 */
export interface MarkovSpec {
  readonly kind: "vanilla" | "rnn";
  /** r: numbers in u_j. */
  readonly rank: number;
  /** What input embeddings are multiplied by: one over their standard deviation, so that A starts among numbers about 1. */
  readonly tokenScale: number;
}

/** Speculative streams on top of a model: the paper's γ, N_s and mode, and what the adapter trains. JSON-safe. */
export interface StreamSpec {
  readonly mode: StreamMode;
  /** γ: streams a row, 1..8 in practice. Stream j (1-based) predicts token t + 1 + j. */
  readonly gamma: number;
  /** N_s: how many top layers the streams travel through; 1..layers. */
  readonly msaLayers: number;
  /** Absent when the adapter trains no LoRA (a model trained from nothing together with its streams). */
  readonly lora?: LoraSpec;
  /** η: rank of f_η in Eq. 3 as a residual low-rank map, `f(x) = x + D (C x)`; absent: the identity. */
  readonly initialisationRank?: number;
  /** Absent: streams are independent of what the tree took before (the paper's). */
  readonly markov?: MarkovSpec;
}
