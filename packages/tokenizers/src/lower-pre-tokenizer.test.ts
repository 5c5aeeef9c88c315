import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../test/text.js";
import { loadTokenizer } from "./index.js";
import { lowerPreTokenizer } from "./lower-pre-tokenizer.js";
import { countWords } from "./training/count-words.js";
import { trainByteLevelBpe } from "./training/train-byte-level-bpe.js";

/** Trained until every word of the text is one token, so that tokens show where encoding cuts words. */
function wordsOf(text: string): (string | undefined)[] {
  const json = trainByteLevelBpe([text], { vocabularySize: 5000, minimumPairCount: 1 });
  const tokenizer = loadTokenizer({ tokenizer: json });
  return tokenizer.encode(text).map((id) => tokenizer.decode([id]));
}

describe("lowerPreTokenizer", () => {
  it("cuts at Unicode's white space: U+0085 is, U+FEFF is not", () => {
    // As Python's tokenizers 0.23 cuts these; JavaScript's \s has it the other way round.
    expect(wordsOf("a\u0085\u0085b")).toEqual(["a", "\u0085", "\u0085", "b"]);
    expect(wordsOf("a \ufeff\ufeffb")).toEqual(["a", " \ufeff\ufeff", "b"]);
  });

  it("cuts the words that training counted", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const counted = [...countWords([text], []).values()].reduce((sum, count) => sum + count, 0);
        expect(wordsOf(text).length).toBe(counted);
      }),
      { numRuns: 300 },
    );
  });

  it("reaches into sequences, and leaves a prefix space to the library", () => {
    const prefixed = { type: "ByteLevel", add_prefix_space: true, use_regex: true };
    const digits = { type: "Digits", individual_digits: true };
    expect(lowerPreTokenizer({ type: "Sequence", pretokenizers: [digits, prefixed] })).toEqual({
      type: "Sequence",
      pretokenizers: [{ type: "Split", pattern: { Regex: "\\p{N}" }, behavior: "Isolated", invert: false }, prefixed],
    });
    expect(lowerPreTokenizer(null)).toBeNull();
  });
});
