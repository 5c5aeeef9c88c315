import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDetokenizer, fromVocabularyAndMerges, loadTokenizer, type Tokenizer } from "../src/index.js";
import { hasShared, reason, sharedPath } from "./shared.js";
import { byteFallbackTokenizer, byteLevelTokenizer } from "./small-tokenizers.js";
import { anyText, hasHalfCharacter } from "./text.js";

function expectRoundTrip(tokenizer: Tokenizer, text: string): void {
  const ids = tokenizer.encode(text, { addSpecialTokens: false });
  expect(tokenizer.decode(ids)).toBe(text);
  const detokenizer = createDetokenizer(tokenizer);
  let streamed = "";
  for (const id of ids) {
    const piece = detokenizer.push(id);
    expect(hasHalfCharacter(piece)).toBe(false);
    streamed += piece;
    // What is out is out: it must be the beginning of the text, with no stand-in that later resolves.
    expect(text.startsWith(streamed)).toBe(true);
  }
  expect(streamed + detokenizer.flush()).toBe(text);
}

describe("encode, then decode whole and piece by piece", () => {
  it("gives any text back with a trained byte-level BPE", () => {
    const tokenizer = loadTokenizer({ tokenizer: byteLevelTokenizer });
    fc.assert(
      fc.property(anyText, (text) => expectRoundTrip(tokenizer, text)),
      { numRuns: 1000 },
    );
  });

  it("gives any text without the visible space back with byte fallback", () => {
    const tokenizer = loadTokenizer({ tokenizer: byteFallbackTokenizer });
    const text = anyText.map((value) => value.replaceAll("▁", "_"));
    fc.assert(
      fc.property(text, (value) => expectRoundTrip(tokenizer, value)),
      { numRuns: 500 },
    );
  });

  it.skipIf(!hasShared)(`gives any text back with GPT-2's vocabulary${reason}`, () => {
    const vocabulary = JSON.parse(readFileSync(sharedPath("models/gpt2-tokenizer/vocab.json"), "utf8"));
    const merges = readFileSync(sharedPath("models/gpt2-tokenizer/merges.txt"), "utf8");
    const json = fromVocabularyAndMerges(vocabulary, merges, { specialTokens: ["<|endoftext|>"] });
    const tokenizer = loadTokenizer({ tokenizer: json, config: { eos_token: "<|endoftext|>" } });
    expect(tokenizer.vocabularySize).toBe(50257);
    expect(tokenizer.eosToken).toBe(50256);
    // Known ids of GPT-2.
    expect(tokenizer.encode("Hello world<|endoftext|>")).toEqual([15496, 995, 50256]);
    fc.assert(
      fc.property(anyText, (text) => expectRoundTrip(tokenizer, text)),
      { numRuns: 500 },
    );
  });
});
