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
}
