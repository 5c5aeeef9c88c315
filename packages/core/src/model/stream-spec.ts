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

/**
 * A pruning adapter (3.1.3): logits of an early exit at the layer where streams are inserted, z = H(norm(o_θ(M))) with the
 * model's final norm and head and o_θ(x) = x + D (C x), tell how probable a child of a draft tree is after its parent. With a
 * draft vocabulary the head is over that alone, as it is for drafts.
 */
export interface PruningSpec {
  /** Of o_θ; 8 in the paper. */
  readonly rank: number;
  /** Children less probable than this are dropped where a pass does not say otherwise; 0..1. */
  readonly threshold: number;
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
  /**
   * ε of appendix B.3 (Eq. 9), radians: the adapter has no stream embeddings, and in the MSA layers the values of stream j
   * are turned by the angle ε j instead, those of main rows by none. In each head the halves are rotated as in RoPE, all pairs
   * by the same angle: (v_i, v_{i+D/2}) becomes (v_i cos a - v_{i+D/2} sin a, v_{i+D/2} cos a + v_i sin a), D the head's size.
   */
  readonly valueRotation?: number;
  /** Absent: streams are independent of what the tree took before (the paper's). */
  readonly markov?: MarkovSpec;
  /** Absent: passes cannot be pruned. */
  readonly pruning?: PruningSpec;
}
