import { readFileSync } from "node:fs";
import { openGguf } from "@anabranch/checkpoints";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { toByteCharacters } from "../src/byte-alphabet.js";
import {
  createDetokenizer,
  fromVocabularyAndMerges,
  loadTokenizer,
  type Tokenizer,
  type TokenizerJson,
  tokenizerFromGguf,
} from "../src/index.js";
import { ggufMetadataOf } from "./gguf-metadata.js";
import { hasShared, reason, sharedPath } from "./shared.js";
import { anyText } from "./text.js";

const readJson = (...parts: string[]) => JSON.parse(readFileSync(sharedPath(...parts), "utf8"));

describe.skipIf(!hasShared)(`SmolLM2's GGUF against Hugging Face transformers${reason}`, () => {
  interface Reference {
    readonly messages: readonly { role: string; content: string }[] | null;
    readonly text: string;
    readonly ids: readonly number[];
  }
  let tokenizer: Tokenizer;
  let references: readonly Reference[];

  beforeAll(async () => {
    const file = await openGguf(sharedPath("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"));
    tokenizer = tokenizerFromGguf(file.metadata);
    await file.close();
    references = readJson("fixtures/smollm2-reference.json");
  });

  it("renders the reference's chats and encodes to its ids", () => {
    expect(references.filter(({ messages }) => messages !== null).length).toBeGreaterThan(2);
    for (const { messages, text, ids } of references) {
      if (messages !== null) expect(tokenizer.chatTemplate?.render(messages)).toBe(text);
      expect(tokenizer.encode(text, { addSpecialTokens: false })).toEqual(ids);
      // This model puts nothing around a text.
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(text);
    }
    expect([tokenizer.bosToken, tokenizer.eosToken, tokenizer.vocabularySize]).toEqual([1, 2, 49152]);
  });

  it("gives any text back, whole and piece by piece", () => {
    // The vocabulary lacks a few bytes, which transformers drops too: control characters, and those of far planes.
    const spelt = (character: string) =>
      [...toByteCharacters(character)].every((byte) => tokenizer.tokenToId(byte) !== undefined);
    const text = anyText.map((value) => [...value].filter(spelt).join(""));
    fc.assert(
      fc.property(text, (value) => {
        const ids = tokenizer.encode(value);
        expect(tokenizer.decode(ids)).toBe(value);
        const detokenizer = createDetokenizer(tokenizer);
        expect(ids.map((id) => detokenizer.push(id)).join("") + detokenizer.flush()).toBe(value);
      }),
      { numRuns: 300 },
    );
  });
});

describe.skipIf(!hasShared)(`GGUF metadata against the tokenizer.json that it stands for${reason}`, () => {
  const sameIds = (left: Tokenizer, right: Tokenizer) =>
    fc.assert(
      fc.property(anyText, (text) => {
        expect(left.encode(text)).toEqual(right.encode(text));
      }),
      { numRuns: 300 },
    );

  it("is equal for GPT-2, loaded from its vocabulary and merges", () => {
    const vocabulary = readJson("models/gpt2-tokenizer/vocab.json");
    const merges = readFileSync(sharedPath("models/gpt2-tokenizer/merges.txt"), "utf8");
    const json = fromVocabularyAndMerges(vocabulary, merges, { specialTokens: ["<|endoftext|>"] });
    const settings = { "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2" };
    const tokenizer = tokenizerFromGguf(ggufMetadataOf(json, { ...settings, "tokenizer.ggml.eos_token_id": 50256 }));
    expect(tokenizer.encode("Hello world<|endoftext|>")).toEqual([15496, 995, 50256]);
    sameIds(tokenizer, loadTokenizer({ tokenizer: json }));
  });

  it("is equal for stories260K by the scores of its pieces, and both equal transformers", () => {
    const json: TokenizerJson = readJson("models/stories260K-hf/tokenizer.json");
    const { scores } = readTok512();
    const settings = {
      "tokenizer.ggml.model": "llama",
      "tokenizer.ggml.scores": Float32Array.from(scores),
      "tokenizer.ggml.merges": undefined,
      "tokenizer.ggml.bos_token_id": 1,
      "tokenizer.ggml.eos_token_id": 2,
    };
    const tokenizer = tokenizerFromGguf(ggufMetadataOf(json, settings));
    const references: { text: string; ids: number[] }[] = readJson("models/stories260K-hf/reference.json");
    expect(references.length).toBeGreaterThan(0);
    for (const { text, ids } of references) expect(tokenizer.encode(text)).toEqual(ids);
    const config = readJson("models/stories260K-hf/tokenizer_config.json");
    sameIds(tokenizer, loadTokenizer({ tokenizer: json, config }));
  });

  /** llama2.c's own vocabulary: for each piece a float32 score, its length in bytes, its UTF-8. */
  function readTok512(): { scores: number[] } {
    const bytes = readFileSync(sharedPath("models/stories260K/tok512.bin"));
    const scores: number[] = [];
    for (let at = 4; at < bytes.length; at += 8 + bytes.readInt32LE(at + 4)) scores.push(bytes.readFloatLE(at));
    return { scores };
  }
});
