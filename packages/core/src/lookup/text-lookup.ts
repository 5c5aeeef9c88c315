import { type DraftTree, ROOT } from "../contract/draft.js";
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
    const found = this.#continuation([], most);
    this.#proposal = found && { ...found, at: tokens.length };
    return found === undefined ? EMPTY_DRAFT : chainDraft(found.tokens, this.#logProbs(found));
  }

  /**
   * The draft, and below each of its nodes what followed in the text where the tokens down to that node stood before: streams say
   * how a phrase begins, and the text how it goes on. Nodes keep their places; what is added comes behind them.
   *
   * @param draft below the end of the text that {@link draft} was given last
   * @param most tokens below a node; and no deeper than `depth` levels
   */
  extend(draft: DraftTree, { most, depth }: { readonly most: number; readonly depth: number }): DraftTree {
    const [tokens, parents, logProbs] = [[...draft.tokens], [...draft.parents], [...draft.logProbs]];
    const paths: (readonly number[])[] = [];
    draft.tokens.forEach((token, node) => {
      const parent = draft.parents[node] as number;
      const path = [...(parent === ROOT ? [] : (paths[parent] as readonly number[])), token];
      paths.push(path);
      const found = this.#continuation(path, Math.min(most, depth - path.length));
      if (found === undefined) return;
      const chances = this.#logProbs(found);
      found.tokens.forEach((next, index) => {
        parents.push(index === 0 ? node : tokens.length - 1);
        tokens.push(next);
        logProbs.push(chances[index] as number);
      });
    });
    return { tokens, parents, logProbs };
  }

  /** What followed the longest earlier match of the text with `path` behind it. */
  #continuation(path: readonly number[], most: number): Pick<Proposal, "tokens" | "matched"> | undefined {
    const { at, matched } = this.#longestMatch(path);
    if (matched === 0 || most < 1) return undefined;
    const [text, tokens] = [this.#text, [] as number[]];
    // What follows may run into what is being proposed: a loop goes on.
    const tokenAt = (place: number): number => {
      if (place < text.length) return text[place] as number;
      const behind = place - text.length;
      return (behind < path.length ? path[behind] : tokens[behind - path.length]) as number;
    };
    while (tokens.length < most) tokens.push(tokenAt(at + tokens.length));
    return { tokens, matched };
  }

  #logProbs({ tokens, matched }: Pick<Proposal, "tokens" | "matched">): number[] {
    return tokens.map((_, index) => Math.log(this.record.probability(matched + index)));
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

  /** Where the longest earlier match of the text's end, `path` behind it, goes on; only matches inside the text count. */
  #longestMatch(path: readonly number[]): { at: number; matched: number } {
    const text = this.#text;
    const end = text.length + path.length;
    const back = (count: number): number => {
      const place = end - count;
      return (place < text.length ? text[place] : path[place - text.length]) as number;
    };
    let best = { at: 0, matched: 0 };
    if (end < 2) return best;
    const places = this.#places.get(back(2) * PAIR + back(1)) ?? [];
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
    const { at, tokens: proposed, matched } = this.#proposal;
    for (let index = 0; index < proposed.length && at + index < tokens.length; index++) {
      const right = tokens[at + index] === proposed[index];
      this.record.learn(matched + index, right);
      if (!right) break;
    }
  }
}
