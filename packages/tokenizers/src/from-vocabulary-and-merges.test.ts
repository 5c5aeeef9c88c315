import { describe, expect, it } from "vitest";
import { byteCharacters } from "./byte-alphabet.js";
import { fromVocabularyAndMerges, loadTokenizer } from "./index.js";

const vocabulary = Object.fromEntries([...byteCharacters, "ab", "abc"].map((token, id) => [token, id]));

describe("fromVocabularyAndMerges", () => {
  it("reads merges.txt with its version line, and gives new special tokens the next ids", () => {
    const merges = "#version: 0.2\na b\nab c\n";
    const json = fromVocabularyAndMerges(vocabulary, merges, { specialTokens: ["<|endoftext|>"] });
    expect(loadTokenizer({ tokenizer: json }).encode("abcab<|endoftext|>")).toEqual([257, 256, 258]);
  });

  it("reads a merge of the number sign", () => {
    const json = fromVocabularyAndMerges({ ...vocabulary, "##": 258 }, "#version: 0.2\n# #\n");
    expect(loadTokenizer({ tokenizer: json }).encode("##")).toEqual([258]);
  });

  it("names the line or token that is wrong", () => {
    expect(() => fromVocabularyAndMerges(vocabulary, "#version: 0.2\na b\nab\n")).toThrow("merges.txt: line 3");
    expect(() => fromVocabularyAndMerges({ ...vocabulary, x: -1 }, "")).toThrow('vocab.json: "x" is not a token id');
  });
});
