import { Tokenizer as Library } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  byteFallbackTokenizer,
  byteLevelTokenizer,
  unigramTokenizer,
  wordPieceTokenizer,
} from "../test/small-tokenizers.js";
import { createDetokenizer, loadTokenizer } from "./index.js";

const config = { bos_token: "<bos>", eos_token: { content: "<eos>" } };

describe("loadTokenizer", () => {
  it("knows its special tokens", () => {
    const tokenizer = loadTokenizer({ tokenizer: byteLevelTokenizer, config });
    expect([tokenizer.bosToken, tokenizer.eosToken]).toEqual([0, 1]);
    expect([0, 1, 2, 3].map((id) => tokenizer.isSpecial(id))).toEqual([true, true, true, false]);
    expect([tokenizer.tokenToId("<pad>"), tokenizer.idToToken(2), tokenizer.idToToken(-1)]).toEqual([
      2,
      "<pad>",
      undefined,
    ]);
    expect(loadTokenizer({ tokenizer: byteLevelTokenizer }).bosToken).toBeUndefined();
  });

  it("adds tokens around a text when the configuration or the post-processor says so, once", () => {
    const plain = loadTokenizer({ tokenizer: byteLevelTokenizer, config });
    const around = { ...config, add_bos_token: true, add_eos_token: true };
    const adding = loadTokenizer({ tokenizer: byteLevelTokenizer, config: around });
    const ids = plain.encode("The pub");
    expect(adding.encode("The pub")).toEqual([0, ...ids, 1]);
    expect(adding.encode("The pub", { addSpecialTokens: false })).toEqual(ids);
    expect(adding.encode("")).toEqual([0, 1]);

    const template = { tokenizer: byteFallbackTokenizer, config: { bos_token: "<s>", add_bos_token: true } };
    expect(
      loadTokenizer(template)
        .encode("")
        .filter((id) => id === 1),
    ).toEqual([1]);
  });

  it("finds special tokens in the text, and leaves them out of the text on request", () => {
    const tokenizer = loadTokenizer({ tokenizer: byteLevelTokenizer, config });
    const ids = tokenizer.encode("<bos>pub<eos>");
    expect([ids[0], ids.at(-1)]).toEqual([0, 1]);
    expect(tokenizer.decode(ids)).toBe("<bos>pub<eos>");
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe("pub");
    expect(tokenizer.decode([])).toBe("");
  });

  it("refuses ids without a token", () => {
    const tokenizer = loadTokenizer({ tokenizer: byteLevelTokenizer });
    for (const id of [tokenizer.vocabularySize, -1, 0.5, Number.NaN]) {
      expect(() => tokenizer.decode([id])).toThrow(expect.objectContaining({ code: "UNKNOWN_TOKEN" }));
    }
  });

  it("refuses a configuration that names tokens the vocabulary lacks", () => {
    const load = () => loadTokenizer({ tokenizer: byteLevelTokenizer, config: { bos_token: "<|startoftext|>" } });
    expect(load).toThrow("tokenizer_config.json: bos_token is not a token of tokenizer.json");
  });

  it("runs WordPiece and Unigram models", () => {
    const wordPiece = loadTokenizer({ tokenizer: wordPieceTokenizer });
    expect(wordPiece.encode("A riverside pub.")).toEqual([5, 1, 2, 3, 4]);
    expect(wordPiece.decode([5, 1, 2, 3, 4])).toBe("a riverside pub.");
    const unigram = loadTokenizer({ tokenizer: unigramTokenizer });
    expect(unigram.encode("riverside pub")).toEqual([1, 2, 7]);
    expect(unigram.decode([1, 2, 7])).toBe("riverside pub");
  });
});

describe("decoding any ids", () => {
  it("gives what @huggingface/tokenizers gives, whole and streamed", () => {
    const files = [byteLevelTokenizer, wordPieceTokenizer, unigramTokenizer];
    for (const tokenizer of files) {
      const ours = loadTokenizer({ tokenizer });
      const library = new Library(tokenizer, {});
      const ids = fc.array(fc.nat(ours.vocabularySize - 1), { minLength: 1, maxLength: 30 });
      fc.assert(
        fc.property(ids, fc.boolean(), (value, skipSpecialTokens) => {
          const options = { skip_special_tokens: skipSpecialTokens, clean_up_tokenization_spaces: false };
          const expected = library.decode(value, options);
          expect(ours.decode(value, { skipSpecialTokens })).toBe(expected);
          const detokenizer = createDetokenizer(ours, { skipSpecialTokens });
          const streamed = value.map((id) => detokenizer.push(id)).join("") + detokenizer.flush();
          expect(streamed).toBe(expected);
        }),
        { numRuns: 500 },
      );
    }
  });

  it("begins a new text after a flush", () => {
    const tokenizer = loadTokenizer({ tokenizer: byteFallbackTokenizer });
    const detokenizer = createDetokenizer(tokenizer);
    const ids = tokenizer.encode("the", { addSpecialTokens: false });
    const once = () => ids.map((id) => detokenizer.push(id)).join("") + detokenizer.flush();
    expect([once(), once()]).toEqual(["the", "the"]);
  });
});
