import type { DraftTree } from "../contract/draft.js";
import type { Sequence } from "../contract/sequence.js";
import type { DraftContext } from "../drafters/drafter.js";
import { unionTree } from "../tree/union-tree.js";
import { MatchRecord } from "./match-record.js";
import { type ExtendLimit, TextLookup } from "./text-lookup.js";

/** A lookup for each sequence, all of which learn together what matches are worth. */
export class SequenceLookups {
  readonly #lookups = new WeakMap<Sequence, TextLookup>();

  constructor(readonly record = new MatchRecord()) {}

  /** What the text says about its own next words, below the bonus token. @param most tokens */
  draft({ sequence, tokens, bonus, depth }: DraftContext, most: number): DraftTree {
    let lookup = this.#lookups.get(sequence);
    if (lookup === undefined) {
      lookup = new TextLookup(this.record);
      this.#lookups.set(sequence, lookup);
    }
    return lookup.draft([...tokens, bonus], Math.min(most, depth));
  }

  /**
   * A draft of streams for the same place, united with what the text says about itself: below the bonus token (what {@link draft}
   * has just said), and below each of the draft's nodes.
   *
   * @param limit `most`: tokens below a node; `known`: levels that streams have
   */
  unite({ sequence, depth }: DraftContext, draft: DraftTree, limit: Pick<ExtendLimit, "most" | "known">): DraftTree {
    const extended = this.#lookups.get(sequence)?.extend(draft, { ...limit, depth }) ?? draft;
    return extended.tokens.length > draft.tokens.length ? unionTree([extended]) : draft;
  }
}
