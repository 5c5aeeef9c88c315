import type { SamplingOptions, Step } from "@anabranch/core";
import type { DraftingOptions } from "../model/drafting.js";

/** What happens when a text reaches the model's last position before it ends. */
export const OVERFLOWS = ["error", "stop", "slide"] as const;

export type Overflow = (typeof OVERFLOWS)[number];

/** Settings of decoding, for which text is token ids. */
export interface StepOptions extends DraftingOptions {
  /** Most tokens to generate. Default 256. */
  readonly maxTokens?: number;
  /**
   * What happens when the context is full. "error", the default: everything that fits is given, then ContextOverflowError.
   * "stop": the text ends there, finish reason "context". "slide": the oldest tokens are dropped and the rest is computed
   * anew at positions from 0 on, so that the text goes on; it no longer knows what was dropped. A prompt that does not fit
   * is a ContextOverflowError, unless it may slide.
   */
  readonly overflow?: Overflow;
  /**
   * Tokens at the prompt's beginning that a slide never drops; after them it keeps the latest half of what is left of the
   * context. Default: the BOS token, where the prompt has one. A chat keeps its system message instead.
   */
  readonly keep?: number;
  /** How tokens are drawn; greedy when absent. */
  readonly sampling?: SamplingOptions;
  /**
   * Which drafted tokens stay when tokens are drawn. "exact", the default: those that would have been drawn without a draft.
   * "typical": those that are probable enough (Medusa's typical acceptance), which is faster and LOSSY: what is drafted
   * comes more often than the model would have it.
   */
  readonly acceptance?: "exact" | "typical";
  readonly signal?: AbortSignal;
}

export interface GenerateOptions extends StepOptions {
  /**
   * Texts that end the text; none of them is part of it. Text that may still become one is held back until that is
   * decided. A special token's text, such as `<|im_end|>`, is taken for that token.
   */
  readonly stop?: string | readonly string[];
  /** Hears of every pass as it ends. */
  readonly onStep?: (step: Step) => void;
}
