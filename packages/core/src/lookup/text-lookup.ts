import type { DraftTree } from "../contract/draft.js";
import { chainDraft, EMPTY_DRAFT } from "../tree/draft-tree.js";
import { type Continuation, type ExtendLimit, extendDraft, type Reach } from "./extend-draft.js";
import { MatchRecord } from "./match-record.js";
import { pairOf } from "./pair.js";

/** Earlier places that are compared, the latest first. */
const PLACES = 16;

/** Tokens of a match that are counted: longer ones are as good. */
const LONGEST = 16;

/** What followed an earlier match. */
interface Match extends Continuation {
  /** Tokens that matched before the first of them. */
  readonly matched: number;
}

interface Proposal extends Match {
  /** Where its first token would stand in the text. */
  readonly at: number;
  /** Whether streams drafted for its first place, and not this token. */
  readonly unheard: boolean;
}

/**
 * What a text says about its own next words: where its last tokens stood before, and what followed there (prompt lookup,
 * Saxena 2023; no model has a part in it). It costs no pass, and goes on for as many tokens as are asked for.
 */
export class TextLookup {
  readonly #text: number[] = [];
  /** By a pair of tokens, the places after it, ascending. */
  readonly #places = new Map<number, number[]>();
  /** By a token, the latest place after it. */
  readonly #latest = new Map<number, number>();
  #proposal: Proposal | undefined;

  /** @param record shared by texts of one model, so that each begins with what others taught */
  constructor(readonly record = new MatchRecord()) {}

  /**
   * A draft below the text's last token: what followed the longest earlier match of the text's end, the latest of equal ones;
   * empty where its last token never stood before.
   *
   * @param tokens the whole text; what was given before and is still the same is not looked at again
   * @param reach of the draft
   */
  draft(tokens: readonly number[], reach: Reach): DraftTree {
    this.#read(tokens);
    const found = this.#continuation([], reach, () => false);
    this.#proposal = found && { ...found, at: tokens.length, unheard: false };
    return found === undefined ? EMPTY_DRAFT : chainDraft(found.tokens, found.logProbs);
  }

  /**
   * A draft of streams with what the text says about itself; see {@link extendDraft}.
   *
   * @param draft below the end of the text that {@link draft} was given last
   */
  extend(draft: DraftTree, limit: ExtendLimit): DraftTree {
    return extendDraft(draft, limit, (path, reach, isUnheard) => {
      const proposed = this.#proposal;
      if (path.length === 0) {
        if (proposed === undefined) return undefined;
        this.#proposal = { ...proposed, unheard: isUnheard(proposed.tokens[0] as number) };
      }
      return this.#continuation(path, reach, isUnheard);
    });
  }

  /** What followed the longest earlier match of the text with `path` behind it; its first token, however likely, in any case. */
  #continuation(
    path: readonly number[],
    { most, least }: Reach,
    isUnheard: (token: number) => boolean,
  ): Match | undefined {
    const { at, matched } = this.#longestMatch(path);
    if (matched === 0 || most < 1) return undefined;
    const [text, tokens, logProbs] = [this.#text, [] as number[], [] as number[]];
    // What follows may run into what is being proposed: a loop goes on.
    const tokenAt = (place: number): number => {
      if (place < text.length) return text[place] as number;
      const behind = place - text.length;
      return (behind < path.length ? path[behind] : tokens[behind - path.length]) as number;
    };
    for (let joint = 1; tokens.length < most; ) {
      const token = tokenAt(at + tokens.length);
      const probability = this.record.probability(matched + tokens.length, tokens.length === 0 && isUnheard(token));
      joint *= probability;
      if (joint < least && tokens.length > 0) break;
      tokens.push(token);
      logProbs.push(Math.log(probability));
    }
    return { tokens, logProbs, matched };
  }

  #read(tokens: readonly number[]): void {
    if (tokens.length < this.#text.length) this.#forget();
    this.#learn(tokens);
    for (let at = this.#text.length; at < tokens.length; at++) {
      // Places are noted one token late: the text's end is what is looked up.
      if (at >= 1) this.#latest.set(this.#text[at - 1] as number, at);
      if (at >= 2) this.#note(at, this.#text[at - 2] as number, this.#text[at - 1] as number);
      this.#text.push(tokens[at] as number);
    }
  }

  #forget(): void {
    this.#text.length = 0;
    this.#places.clear();
    this.#latest.clear();
    this.#proposal = undefined;
  }

  #note(at: number, first: number, second: number): void {
    const key = pairOf(first, second);
    const known = this.#places.get(key);
    if (known === undefined) this.#places.set(key, [at]);
    else known.push(at);
  }

  /** Where the longest earlier match of the text's end, `path` behind it, goes on; only matches inside the text count. */
  #longestMatch(path: readonly number[]): { at: number; matched: number } {
    const text = this.#text;
    const end = text.length + path.length;
    const back = (count: number): number => {
      const place = end - count;
      return (place < text.length ? text[place] : path[place - text.length]) as number;
    };
    const single = end < 1 ? undefined : this.#latest.get(back(1));
    if (single === undefined) return { at: 0, matched: 0 };
    let best = { at: single, matched: 1 };
    if (end < 2) return best;
    const places = this.#places.get(pairOf(back(2), back(1))) ?? [];
    for (let index = places.length - 1; index >= Math.max(0, places.length - PLACES); index--) {
      const at = places[index] as number;
      let matched = 2;
      while (matched < Math.min(LONGEST, at) && text[at - 1 - matched] === back(1 + matched)) matched++;
      if (matched > best.matched) best = { at, matched };
    }
    return best;
  }

  /** Holds the last proposal against what came. */
  #learn(tokens: readonly number[]): void {
    if (this.#proposal === undefined) return;
    const { at, tokens: proposed, matched, unheard } = this.#proposal;
    for (let index = 0; index < proposed.length && at + index < tokens.length; index++) {
      const right = tokens[at + index] === proposed[index];
      this.record.learn(matched + index, right, unheard && index === 0);
      if (!right) break;
    }
  }
}
