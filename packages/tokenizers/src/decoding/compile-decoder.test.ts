import { describe, expect, it } from "vitest";
import type { TokenizerComponent } from "../tokenizer-json.js";
import { compileDecoder } from "./compile-decoder.js";

/** The pieces as they come out, the last being what was held back. */
function pieces(
  decoder: TokenizerComponent | null,
  tokens: readonly string[],
  added: readonly string[] = [],
): string[] {
  const started = compileDecoder(decoder, new Set(added))();
  return [...tokens.map((token) => started.push(token)), started.finish()];
}

const sequence = (...decoders: TokenizerComponent[]): TokenizerComponent => ({ type: "Sequence", decoders });
const llama = sequence(
  { type: "Replace", pattern: { String: "▁" }, content: " " },
  { type: "ByteFallback" },
  { type: "Fuse" },
  { type: "Strip", content: " ", start: 1, stop: 0 },
);

describe("decoders, token by token", () => {
  it("ByteLevel: bytes to characters, added tokens as they are", () => {
    // "Ġ" is a space, "Ã" and "©" are the two bytes of "é".
    expect(pieces({ type: "ByteLevel" }, ["Caf", "Ã", "©", "Ġx"])).toEqual(["Caf", "", "é", " x", ""]);
    expect(pieces({ type: "ByteLevel" }, ["Ã", "Ġ<é>", "a"], ["Ġ<é>"])).toEqual(["", "\ufffdĠ<é>", "a", ""]);
    expect(pieces({ type: "ByteLevel" }, ["a", "Ã"])).toEqual(["a", "", "\ufffd"]);
  });

  it("SentencePiece: drops the prepended space only, joins byte tokens", () => {
    expect(pieces(llama, ["▁", "▁a", "▁b"])).toEqual(["", " a", " b", ""]);
    expect(pieces(llama, ["▁a", "<0xC3>", "<0xA9>", "▁"])).toEqual(["a", "", "é", " ", ""]);
    expect(pieces(llama, ["x", "<0xC3>", "y"])).toEqual(["x", "", "\ufffdy", ""]);
    expect(pieces(llama, ["<0xF0>", "<0x9F>"])).toEqual(["", "", "\ufffd"]);
  });

  it("Strip at the end of a text: held back until it is certain", () => {
    const decoder = sequence({ type: "Fuse" }, { type: "Strip", content: "_", start: 0, stop: 2 });
    expect(pieces(decoder, ["a_", "_", "_", "b_"])).toEqual(["a", "", "_", "__b", ""]);
  });

  it("Strip of each token when nothing fused them", () => {
    const decoder = sequence({ type: "Strip", content: "_", start: 1, stop: 1 });
    expect(pieces(decoder, ["__a_", "_", "b"])).toEqual(["_a", "", "b", ""]);
  });

  it("Metaspace, WordPiece, word suffixes, and none", () => {
    expect(pieces({ type: "Metaspace", prepend_scheme: "always" }, ["▁a", "▁b▁"])).toEqual(["a", " b ", ""]);
    expect(pieces({ type: "Metaspace", prepend_scheme: "never" }, ["▁a"])).toEqual([" a", ""]);
    expect(pieces({ type: "WordPiece", prefix: "##", cleanup: true }, ["a", "##b", "c", "."])).toEqual([
      ...["a", "b", " c", ".", ""],
    ]);
    expect(pieces({ type: "BPEDecoder", suffix: "</w>" }, ["a</w>", "b", "c</w>"])).toEqual(["", "a ", "b", "c"]);
    expect(pieces(null, ["a", "b"])).toEqual(["a", " b", ""]);
  });

  it("refuses what needs the whole text", () => {
    const fused = sequence({ type: "Fuse" }, { type: "Replace", pattern: { String: "ab" }, content: "" });
    for (const decoder of [fused, { type: "CTC" }, { type: "Replace", pattern: { Regex: "a+" }, content: "" }]) {
      expect(() => pieces(decoder, [])).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
    }
  });
});
