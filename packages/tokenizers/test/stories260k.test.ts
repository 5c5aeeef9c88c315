import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createDetokenizer, loadTokenizerFolder } from "../src/index.js";
import { hasShared, reason, sharedPath } from "./shared.js";

interface Reference {
  readonly text: string;
  readonly ids: readonly number[];
  readonly greedy: readonly number[];
  readonly greedy_text: string;
}

describe.skipIf(!hasShared)(`stories260K against Hugging Face transformers${reason}`, () => {
  const folder = sharedPath("models/stories260K-hf");

  it("encodes to the reference's ids and decodes to its text, whole and streamed", async () => {
    const tokenizer = await loadTokenizerFolder(folder);
    const references: Reference[] = JSON.parse(readFileSync(`${folder}/reference.json`, "utf8"));
    expect(references.length).toBeGreaterThan(0);
    for (const { text, ids, greedy, greedy_text } of references) {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(greedy, { skipSpecialTokens: true })).toBe(greedy_text);
      const detokenizer = createDetokenizer(tokenizer, { skipSpecialTokens: true });
      const pieces = greedy.map((id) => detokenizer.push(id));
      expect(pieces.join("") + detokenizer.flush()).toBe(greedy_text);
    }
  });

  it("knows the tokens that begin and end a text", async () => {
    const tokenizer = await loadTokenizerFolder(folder);
    expect([tokenizer.bosToken, tokenizer.eosToken, tokenizer.vocabularySize]).toEqual([1, 2, 512]);
    expect([...tokenizer.specialIds].sort()).toEqual([0, 1, 2]);
  });
});
