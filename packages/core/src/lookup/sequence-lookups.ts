import type { DraftTree } from "../contract/draft.js";
import type { Sequence } from "../contract/sequence.js";
import type { DraftContext } from "../drafters/drafter.js";
import { EMPTY_DRAFT } from "../tree/draft-tree.js";
import { unionTree } from "../tree/union-tree.js";
import type { ExtendLimit, Reach } from "./extend-draft.js";
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

  /** What the text, and phrases, say about its next words, below the bonus token. @param reach of each */
  draft({ sequence, tokens, bonus, depth }: DraftContext, { most, least }: Reach): DraftTree {
    let lookups = this.#lookups.get(sequence);
    if (lookups === undefined) {
      lookups = this.#begin();
      this.#lookups.set(sequence, lookups);
    }
    const text = [...tokens, bonus];
    const reach = { most: Math.min(most, depth), least };
    const drafts = lookups.map((lookup) => lookup.draft(text, reach));
    const [only = EMPTY_DRAFT, ...others] = drafts.filter(({ tokens }) => tokens.length > 0);
    return others.length === 0 ? only : unionTree(drafts);
  }

  /**
   * A draft of streams for the same place, united with what lookups say: below the bonus token (what {@link draft} has just said),
   * and below each of the draft's nodes.
   *
   * @param limit `most`: tokens below a node; `known`: levels that streams have; `least`: joint probability of what is added
   */
  unite({ sequence, depth }: DraftContext, draft: DraftTree, limit: Omit<ExtendLimit, "depth">): DraftTree {
    const lookups = this.#lookups.get(sequence) ?? [];
    const extended = lookups.map((lookup) => lookup.extend(draft, { ...limit, depth }));
    return extended.some(({ tokens }) => tokens.length > draft.tokens.length) ? unionTree(extended) : draft;
  }
}
