import { describe, expect, it } from "vitest";
import { changed, smallByteLevel, smallSentencePiece } from "../../test/gguf-metadata.js";
import { tokenizerFromGguf } from "../index.js";

const withPre = (pre: string) => tokenizerFromGguf(changed(smallByteLevel, { "tokenizer.ggml.pre": pre }));
const pieces = (pre: string, text: string) => {
  const tokenizer = withPre(pre);
  return tokenizer.encode(text, { addSpecialTokens: false }).map((id) => tokenizer.decode([id]));
};

describe("tokenizerFromGguf with byte-level BPE", () => {
  it("merges, and matches control and user-defined tokens whole", () => {
    const tokenizer = tokenizerFromGguf(smallByteLevel);
    const ids = tokenizer.encode("<bos>abc<tool>ab");
    expect(ids).toEqual([260, 257, 261, 256]);
    expect([tokenizer.isSpecial(260), tokenizer.isSpecial(261)]).toEqual([true, false]);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe("abc<tool>ab");
    expect([tokenizer.bosToken, tokenizer.eosToken, tokenizer.vocabularySize]).toEqual([260, 260, 262]);
  });

  it("cuts numbers as each pre-tokenizer does", () => {
    expect(pieces("gpt-2", "12312")).toEqual(["123", "12"]);
    expect(pieces("llama-bpe", "12312")).toEqual(["123", "12"]);
    expect(pieces("llama-bpe", "01231")).toEqual(["0", "12", "3", "1"]);
    for (const pre of ["smollm", "qwen2"]) expect(pieces(pre, "123")).toEqual(["1", "2", "3"]);
  });

  it("puts a beginning token before texts by default for llama-bpe alone, and otherwise as the file says", () => {
    expect(withPre("llama-bpe").encode("ab")).toEqual([260, 256]);
    for (const pre of ["gpt-2", "smollm", "qwen2"]) expect(withPre(pre).encode("ab")).toEqual([256]);
    const flags = { "tokenizer.ggml.add_bos_token": true, "tokenizer.ggml.add_eos_token": true };
    expect(tokenizerFromGguf(changed(smallByteLevel, flags)).encode("ab")).toEqual([260, 256, 260]);
  });

  it("composes characters for qwen2 alone", () => {
    const decomposed = "Cafe\u0301";
    const qwen2 = withPre("qwen2");
    expect(qwen2.decode(qwen2.encode(decomposed))).toBe("Caf\u00e9");
    const gpt2 = withPre("gpt-2");
    expect(gpt2.decode(gpt2.encode(decomposed))).toBe(decomposed);
  });

  it("takes a word that is a token whole for llama-bpe, without a merge for it", () => {
    const merges = { "tokenizer.ggml.merges": ["a b", "1 2", "12 3"] };
    const encode = (pre: string) =>
      tokenizerFromGguf(changed(smallByteLevel, { ...merges, "tokenizer.ggml.pre": pre })).encode("abc", {
        addSpecialTokens: false,
      });
    expect(encode("llama-bpe")).toEqual([257]);
    expect(encode("qwen2")).toEqual([256, "c".charCodeAt(0)]);
  });
});

describe("tokenizerFromGguf with SentencePiece BPE", () => {
  const bytes = (text: string) => [...new TextEncoder().encode(text)].map((byte) => byte + 3);

  it("merges by score, prepends a space, begins with the beginning token and falls back to bytes", () => {
    const tokenizer = tokenizerFromGguf(smallSentencePiece);
    expect(tokenizer.encode("the an")).toEqual([1, 261, 263, 262]);
    expect(tokenizer.encode("é", { addSpecialTokens: false })).toEqual([263, ...bytes("é")]);
    expect(tokenizer.decode(tokenizer.encode("the é"), { skipSpecialTokens: true })).toBe("the é");
    expect([0, 1, 2, 3].map((id) => tokenizer.isSpecial(id))).toEqual([true, true, true, false]);
    expect(tokenizer.eosToken).toBe(2);
  });

  it("leaves the space and the beginning token out where the file says so", () => {
    const flags = { "tokenizer.ggml.add_space_prefix": false, "tokenizer.ggml.add_bos_token": false };
    const tokenizer = tokenizerFromGguf(changed(smallSentencePiece, flags));
    expect(tokenizer.encode("the")).toEqual([264, 260]);
    expect(tokenizer.decode(tokenizer.encode(" the"))).toBe(" the");
  });

  it("strips white space after Phi-3's special tokens", () => {
    const phi3 = tokenizerFromGguf(changed(smallSentencePiece, { "general.architecture": "phi3" }));
    const encode = (text: string) => phi3.encode(text, { addSpecialTokens: false });
    expect(encode("</s> \nthe")).toEqual([2, 261]);
    expect(encode("<s> the")).toEqual([1, 263, 261]);
  });
});

describe("tokenizerFromGguf", () => {
  it("renders the file's chat template, or the one that is given", () => {
    const messages = [{ role: "user", content: "ab" }];
    expect(tokenizerFromGguf(smallByteLevel).chatTemplate?.render(messages)).toBe("<bos>[user]ab");
    const own = tokenizerFromGguf(smallByteLevel, { chatTemplate: { source: "{{ messages[0].content }}" } });
    expect(own.chatTemplate?.render(messages)).toBe("ab");
    expect(tokenizerFromGguf(smallSentencePiece).chatTemplate).toBeUndefined();
  });

  it.each([
    ["tokenizer.ggml.model", undefined, "INVALID_FILE", "tokenizer.ggml.model is missing"],
    ["tokenizer.ggml.model", "bert", "UNSUPPORTED", 'is "bert"; known are gpt2, llama'],
    ["tokenizer.ggml.pre", undefined, "INVALID_FILE", "tokenizer.ggml.pre is missing"],
    ["tokenizer.ggml.pre", "toString", "UNSUPPORTED", "known are gpt-2, smollm, llama-bpe, qwen2"],
    ["tokenizer.ggml.tokens", undefined, "INVALID_FILE", "tokenizer.ggml.tokens is missing"],
    ["tokenizer.ggml.tokens", ["a", "b", "a"], "INVALID_FILE", "tokens[2] is the token that 0 is already"],
    ["tokenizer.ggml.token_type", [1], "INVALID_FILE", "token_type has 1 values for 262 tokens"],
    ["tokenizer.ggml.token_type", Array(262).fill(9), "INVALID_FILE", "token_type[0] is 9; token types are 0 to 6"],
    ["tokenizer.ggml.merges", ["a b", "ab"], "INVALID_FILE", "merges[1] is no pair"],
    ["tokenizer.ggml.merges", ["x y"], "INVALID_FILE", 'merges[0] needs "xy", not in the vocabulary'],
    ["tokenizer.ggml.bos_token_id", 262, "INVALID_FILE", "bos_token_id is not the id of a token"],
    ["tokenizer.ggml.add_bos_token", 1, "INVALID_FILE", "add_bos_token is neither true nor false"],
    ["tokenizer.ggml.add_space_prefix", true, "UNSUPPORTED", "add_space_prefix asks for a space"],
    ["tokenizer.chat_template", 5, "INVALID_FILE", "tokenizer.chat_template is not a string"],
  ])("says what is wrong with %s of %s", (key, value, code, words) => {
    const load = () => tokenizerFromGguf(changed(smallByteLevel, { [key]: value }));
    expect(load).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));
  });

  it("says that a SentencePiece vocabulary lacks its scores, a byte or the beginning token", () => {
    const load = (values: Record<string, unknown>) => () => tokenizerFromGguf(changed(smallSentencePiece, values));
    expect(load({ "tokenizer.ggml.scores": undefined })).toThrow("tokenizer.ggml.scores is missing");
    const tokens = (smallSentencePiece.get("tokenizer.ggml.tokens") as string[]).with(5, "<0xXX>");
    expect(load({ "tokenizer.ggml.tokens": tokens })).toThrow("lacks the byte token <0x02>");
    expect(load({ "tokenizer.ggml.bos_token_id": undefined })).toThrow("tokenizer.ggml.bos_token_id is missing");
  });
});
