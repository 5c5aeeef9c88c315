import type { DraftTree } from "../contract/draft.js";
import { chainDraft } from "../tree/draft-tree.js";
import { type Continuation, type ExtendLimit, extendDraft, type Reach } from "./extend-draft.js";
import type { MatchRecord } from "./match-record.js";
import type { Phrase, Phrases } from "./phrases.js";

/** Where a chain of phrases ends: what is less likely is never verified. */
const LEAST = 0.02;

interface Proposal extends Phrase {
  /** Where it would stand in the text. */
  readonly at: number;
  readonly unheard: boolean;
}

/** What a model mostly says next, by the phrases that were counted in its texts: no pass, no stream and no head has a part in it. */
export class PhraseLookup {
  #text: readonly number[] = [];
  #proposal: Proposal | undefined;

  /** @param record shared by texts of one model, so that each begins with what others taught */
  constructor(
    readonly phrases: Phrases,
    readonly record: MatchRecord,
  ) {}

  /** A draft below the text's last token. @param tokens the whole text @param reach of the draft */
  draft(tokens: readonly number[], reach: Reach): DraftTree {
    this.#learn(tokens);
    this.#text = tokens;
    const first = this.#after([]);
    this.#proposal = first && { ...first, at: tokens.length, unheard: false };
    const { tokens: chain, logProbs } = this.#chain([], reach, () => false);
    return chainDraft(chain, logProbs);
  }

  /** A draft of streams with what phrases say; see {@link extendDraft}. @param draft below the text that {@link draft} was given last */
  extend(draft: DraftTree, limit: ExtendLimit): DraftTree {
    return extendDraft(draft, limit, (path, reach, isUnheard) => {
      const proposed = this.#proposal;
      if (path.length === 0 && proposed !== undefined) {
        this.#proposal = { ...proposed, unheard: isUnheard(proposed.token) };
      }
      return this.#chain(path, reach, isUnheard);
    });
  }

  #chain(path: readonly number[], { most, least }: Reach, isUnheard: (token: number) => boolean): Continuation {
    const [tokens, logProbs]: [number[], number[]] = [[], []];
    let joint = 1;
    while (tokens.length < most) {
      const next = this.#after([...path, ...tokens]);
      if (next === undefined) break;
      const probability = this.record.phraseProbability(next.share, tokens.length === 0 && isUnheard(next.token));
      joint *= probability;
      if (joint < Math.max(LEAST, least)) break;
      tokens.push(next.token);
      logProbs.push(Math.log(probability));
    }
    return { tokens, logProbs };
  }

  /** What mostly follows the text with `path` behind it. */
  #after(path: readonly number[]): Phrase | undefined {
    const text = this.#text;
    return this.phrases.after((places) =>
      places < path.length ? path[path.length - 1 - places] : text[text.length - 1 - (places - path.length)],
    );
  }

  #learn(tokens: readonly number[]): void {
    const proposed = this.#proposal;
    if (proposed === undefined || proposed.at >= tokens.length) return;
    this.record.learnPhrase(proposed.share, tokens[proposed.at] === proposed.token, proposed.unheard);
  }
}
