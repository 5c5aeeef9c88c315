import type { DraftTree } from "../contract/draft.js";

/** Where the time of a step went. Milliseconds. */
export interface StepTime {
  /** In calls of the backend: pass, commit, streams, draft. */
  readonly pass: number;
  /** Everything else: tree, verification, tokens, events. */
  readonly other: number;
}

/** One pass of the decoding loop: what was drafted before it, and what came of that. */
export interface Step {
  /** The prompt's pass, or the verification of a draft. */
  readonly kind: "prefill" | "verify";
  /** Tokens emitted: the accepted ones, then the bonus token; nothing beyond an end token or the limit. */
  readonly tokens: readonly number[];
  /** How many of `tokens`, from the first, were drafted. */
  readonly fromDraft: number;
  /** The draft that was verified. */
  readonly draft: DraftTree;
  /** Nodes of the draft on the accepted path, before any cut by an end token. */
  readonly accepted: readonly number[];
  /** Token issued after the accepted ones; emitted unless the text ended before it. */
  readonly bonus: number;
  /** Rows of the pass, streams not counted. */
  readonly rows: number;
  readonly milliseconds: StepTime;
  /** Why the text ends with this step; undefined when it goes on. */
  readonly finish: "stop" | "length" | undefined;
}
