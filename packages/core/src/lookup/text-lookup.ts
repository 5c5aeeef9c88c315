import type { DraftTree } from "../contract/draft.js";
import { chainDraft, EMPTY_DRAFT } from "../tree/draft-tree.js";
import { MatchRecord } from "./match-record.js";

/** Earlier places that are compared, the latest first. */
const PLACES = 16;

/** Tokens of a match that are counted: longer ones are as good. */
const LONGEST = 16;

/** A pair of token ids as one number. */
const PAIR = 2 ** 26;

interface Proposal {
  /** Where its first token would stand in the text. */
  readonly at: number;
  readonly tokens: readonly number[];
  /** Tokens that matched before the first of them. */
  readonly matched: number;
}

/**
 * What a text says about its own next words: where its last two tokens or more stood before, and what followed there (prompt
 * lookup, Saxena 2023; no model has a part in it). It costs no pass, and goes on for as many tokens as are asked for.
 */
export class TextLookup {
  readonly #text: number[] = [];
  /** By a pair of tokens, the places after it, ascending. */
  readonly #places = new Map<number, number[]>();
  #proposal: Proposal | undefined;

  /** @param record shared by texts of one model, so that each begins with what others taught */
  constructor(readonly record = new MatchRecord()) {}

  /**
   * A draft below the text's last token: what followed the longest earlier match of the text's end, the latest of equal ones;
   * empty where its last two tokens never stood together before.
   *
   * @param tokens the whole text; what was given before and is still the same is not looked at again
   * @param most tokens of the draft
   */
  draft(tokens: readonly number[], most: number): DraftTree {
    this.#read(tokens);
    const { at, matched } = this.#longestMatch();
    this.#proposal = undefined;
    if (matched === 0 || most < 1) return EMPTY_DRAFT;
    const proposed: number[] = [];
    // What follows may run into what is being proposed: a loop goes on.
    while (proposed.length < most) {
      const from = at + proposed.length;
      proposed.push((from < tokens.length ? tokens[from] : proposed[from - tokens.length]) as number);
    }
    this.#proposal = { at: tokens.length, tokens: proposed, matched };
    return chainDraft(
      proposed,
      proposed.map((_, index) => Math.log(this.record.probability(matched + index))),
    );
  }

  #read(tokens: readonly number[]): void {
    if (tokens.length < this.#text.length) this.#forget();
    this.#learn(tokens);
    for (let at = this.#text.length; at < tokens.length; at++) {
      // Places are noted one token late: the text's end is what is looked up.
      if (at >= 2) this.#note(at, this.#text[at - 2] as number, this.#text[at - 1] as number);
      this.#text.push(tokens[at] as number);
    }
  }

  #forget(): void {
    this.#text.length = 0;
    this.#places.clear();
    this.#proposal = undefined;
  }

  #note(at: number, first: number, second: number): void {
    const key = first * PAIR + second;
    const known = this.#places.get(key);
    if (known === undefined) this.#places.set(key, [at]);
    else known.push(at);
  }

  #longestMatch(): { at: number; matched: number } {
    const text = this.#text;
    const end = text.length;
    if (end < 2) return { at: 0, matched: 0 };
    const places = this.#places.get((text[end - 2] as number) * PAIR + (text[end - 1] as number)) ?? [];
    let best = { at: 0, matched: 0 };
    for (let index = places.length - 1; index >= Math.max(0, places.length - PLACES); index--) {
      const at = places[index] as number;
      let matched = 2;
      while (matched < Math.min(LONGEST, at) && text[at - 1 - matched] === text[end - 1 - matched]) matched++;
      if (matched > best.matched) best = { at, matched };
    }
    return best;
  }

  /** Holds the last proposal against what came. */
  #learn(tokens: readonly number[]): void {
    if (this.#proposal === undefined) return;
    const { at, tokens: proposed, matched } = this.#proposal;
    for (let index = 0; index < proposed.length && at + index < tokens.length; index++) {
      const right = tokens[at + index] === proposed[index];
      this.record.learn(matched + index, right);
      if (!right) break;
    }
  }
}
