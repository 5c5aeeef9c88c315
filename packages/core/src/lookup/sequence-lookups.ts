import type { DraftTree } from "../contract/draft.js";
import type { Sequence } from "../contract/sequence.js";
import type { DraftContext } from "../drafters/drafter.js";
import { unionTree } from "../tree/union-tree.js";
import type { ExtendLimit } from "./extend-draft.js";
import { MatchRecord } from "./match-record.js";
import { PhraseLookup } from "./phrase-lookup.js";
import type { Phrases } from "./phrases.js";
import { TextLookup } from "./text-lookup.js";

export interface SequenceLookupsOptions {
  /** What continuations were worth so far; lookups of one model may share it. */
  readonly record?: MatchRecord;
  /** What the model mostly says; absent: nobody counted. */
  readonly phrases?: Phrases | undefined;
  /** Whether texts are looked up in themselves; true when absent. */
  readonly text?: boolean;
}

/** Lookups of each sequence, all of which learn together what they are worth. */
export class SequenceLookups {
  readonly #lookups = new WeakMap<Sequence, readonly (TextLookup | PhraseLookup)[]>();
  /** Those of a new text. */
  readonly #begin: () => readonly (TextLookup | PhraseLookup)[];
  /** What is looked up, for names. */
  readonly kinds: readonly ("lookup" | "phrases")[];

  constructor({ record = new MatchRecord(), phrases, text = true }: SequenceLookupsOptions = {}) {
    this.kinds = [...(text ? ["lookup" as const] : []), ...(phrases === undefined ? [] : ["phrases" as const])];
    this.#begin = () => [
      ...(text ? [new TextLookup(record)] : []),
      ...(phrases === undefined ? [] : [new PhraseLookup(phrases, record)]),
    ];
  }

  /** What the text, and phrases, say about its next words, below the bonus token. @param most tokens of each */
  draft({ sequence, tokens, bonus, depth }: DraftContext, most: number): DraftTree {
    let lookups = this.#lookups.get(sequence);
    if (lookups === undefined) {
      lookups = this.#begin();
      this.#lookups.set(sequence, lookups);
    }
    const text = [...tokens, bonus];
    const drafts = lookups.map((lookup) => lookup.draft(text, Math.min(most, depth)));
    return drafts.length === 1 ? (drafts[0] as DraftTree) : unionTree(drafts);
  }

  /**
   * A draft of streams for the same place, united with what lookups say: below the bonus token (what {@link draft} has just said),
   * and below each of the draft's nodes.
   *
   * @param limit `most`: tokens below a node; `known`: levels that streams have
   */
  unite({ sequence, depth }: DraftContext, draft: DraftTree, limit: Pick<ExtendLimit, "most" | "known">): DraftTree {
    const lookups = this.#lookups.get(sequence) ?? [];
    const extended = lookups.map((lookup) => lookup.extend(draft, { ...limit, depth }));
    return extended.some(({ tokens }) => tokens.length > draft.tokens.length) ? unionTree(extended) : draft;
  }
}
