import type { DraftTree } from "../contract/draft.js";
import type { BackendModel, CallOptions } from "../contract/model.js";
import type { Pruning, RowRead, RowResult } from "../contract/pass.js";
import type { Sequence } from "../contract/sequence.js";
import type { Step } from "../decoding/step.js";

/** The calls of a model that move a sequence on; what a drafter may use, and what the loop times. */
export type StepCalls = Pick<BackendModel, "pass" | "commit" | "streams" | "draft">;

/** What a drafter knows when it is asked for the next tree: the latest pass's path is committed. */
export interface DraftContext {
  readonly calls: StepCalls;
  readonly sequence: Sequence;
  /** The text so far without the bonus token: what was committed before, the prompt, and what was emitted. */
  readonly tokens: readonly number[];
  /** The token to draft after. */
  readonly bonus: number;
  /** Levels that can be of use, at least 1: the limit on tokens or the model's last position is near. Deeper nodes are cut off. */
  readonly depth: number;
  /** Tokens that end the text: what is drafted below them is cut off. Absent: none do. */
  readonly ends?: ReadonlySet<number>;
  /** What was read of the last committed row. */
  readonly lastRow: RowResult;
  /** The step before this draft; absent where no decoding loop asks. */
  readonly last?: Step;
  readonly options: CallOptions;
}

/** A draft, and how it is to be verified. */
export interface PlannedDraft extends DraftTree {
  /** Whether streams run beside the rows of its pass; what `streamsInPass` says when absent. */
  readonly streams?: boolean;
}

/**
 * Proposes draft trees; the decoding loop verifies them. Speculative Streaming is one; so are none (plain decoding), a second
 * model, Medusa heads, EAGLE, n-grams. All share verification, so comparisons are fair.
 */
export interface Drafter {
  readonly name: string;
  /** Whether streams run beside the rows of passes; a draft may say otherwise for its own. */
  readonly streamsInPass: boolean;
  /** What to read of each row besides its argmax. */
  readonly read?: RowRead;
  /** How passes that verify a draft are pruned; absent: not at all. Only where the sequence's adapter can. */
  readonly pruning?: Pruning;
  /**
   * A draft for the pass that takes in the prompt, before the model has said anything. Its nodes follow the prompt, which is
   * given with what was committed before it.
   */
  open?(prompt: readonly number[]): DraftTree;
  draft(context: DraftContext): Promise<PlannedDraft>;
}
