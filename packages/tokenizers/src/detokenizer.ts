import { UnknownTokenError } from "@anabranch/core";
import type { DecodeOptions, Tokenizer } from "./tokenizer.js";

/** Turns the ids of one text to text as they come. */
export interface Detokenizer {
  /**
   * The text that this id makes certain, in whole characters; empty while a character is incomplete.
   *
   * @throws UnknownTokenError for an id without a token
   */
  push(id: number): string;
  /** The rest of the text; U+FFFD if it ends inside a character. The next push begins a new text. */
  flush(): string;
}

/**
 * Starts streaming detokenisation. All pushes and the flush, joined, equal `tokenizer.decode` of all ids with the same
 * options; a push costs the same however long the text is.
 */
export function createDetokenizer(tokenizer: Tokenizer, options: DecodeOptions = {}): Detokenizer {
  const skip = options.skipSpecialTokens === true;
  let decoder = tokenizer.startDecoding();
  return {
    push(id) {
      if (skip && tokenizer.isSpecial(id)) return "";
      const token = tokenizer.idToToken(id);
      if (token === undefined) {
        throw new UnknownTokenError(`Token id ${id} is not in the tokenizer's vocabulary.`, {
          subject: String(id),
          cure: `Ids lie between 0 and ${tokenizer.vocabularySize - 1}; check that model and tokenizer belong together.`,
        });
      }
      return decoder.push(token);
    },
    flush() {
      const rest = decoder.finish();
      decoder = tokenizer.startDecoding();
      return rest;
    },
  };
}
