import type { DraftTree } from "../contract/draft.js";

/** Where the time of a step went. Milliseconds. */
export interface StepTime {
  /** In calls of the backend: pass, commit, streams, draft. */
  readonly pass: number;
  /** Everything else: tree, verification, tokens, events. What the consumer does between steps is in neither. */
  readonly other: number;
}

/**
 * Why a text ends: an end token; as many tokens as were asked for; or the model's last position, after which no token has
 * a place.
 */
export type StepFinish = "stop-token" | "max-tokens" | "context";

/** One turn of the decoding loop: a draft is made and verified, and what of it is right is committed. */
export interface Step {
  /** The prompt's pass, or the verification of a draft. */
  readonly kind: "prefill" | "verify";
  /** Tokens emitted: the accepted ones, then the bonus token; nothing beyond an end token or the limit. */
  readonly tokens: readonly number[];
  /** How many of `tokens`, from the first, were drafted. */
  readonly fromDraft: number;
  /** The draft that was verified. */
  readonly draft: DraftTree;
  /** Nodes of the draft on the accepted path, before any cut by an end token or the limit. */
  readonly accepted: readonly number[];
  /** Token issued after the accepted ones; emitted unless the text ended before it. */
  readonly bonus: number;
  /** Rows that ran: the prompt's (in however many passes) or the root, and the draft's; streams not counted. */
  readonly rows: number;
  readonly milliseconds: StepTime;
  /** Milliseconds that it was to take, by the budget of a drafter that has one; what became of the draft is not known to it. */
  readonly predicted?: number;
  /** Why the text ends with this step; undefined when it goes on. */
  readonly finish: StepFinish | undefined;
}
