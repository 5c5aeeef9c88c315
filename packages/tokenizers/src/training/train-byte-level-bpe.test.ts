import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteCharacters } from "../byte-alphabet.js";
import { loadTokenizer } from "../index.js";
import { countWords } from "./count-words.js";
import { trainByteLevelBpe } from "./train-byte-level-bpe.js";

/** The definition, counted anew for every merge. */
function naiveMerges(texts: readonly string[], merges: number): [string, string][] {
  const words = [...countWords(texts, [])].map(([word, count]) => ({ symbols: Array.from(word), count }));
  const ids = new Map([...byteCharacters].sort().map((character, id) => [character, id]));
  const learnt: [string, string][] = [];
  while (learnt.length < merges) {
    const counts = new Map<string, { pair: [string, string]; count: number }>();
    for (const { symbols, count } of words) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        const pair: [string, string] = [symbols[i] as string, symbols[i + 1] as string];
        const entry = counts.get(pair.join(" ")) ?? { pair, count: 0 };
        entry.count += count;
        counts.set(pair.join(" "), entry);
      }
    }
    const id = (token: string) => ids.get(token) as number;
    const [best] = [...counts.values()].sort(
      (a, b) => b.count - a.count || id(a.pair[0]) - id(b.pair[0]) || id(a.pair[1]) - id(b.pair[1]),
    );
    if (best === undefined || best.count < 2) break;
    learnt.push(best.pair);
    const [left, right] = best.pair;
    if (!ids.has(left + right)) ids.set(left + right, ids.size);
    for (const word of words) {
      for (let i = 0; i + 1 < word.symbols.length; i++) {
        if (word.symbols[i] === left && word.symbols[i + 1] === right) word.symbols.splice(i, 2, left + right);
      }
    }
  }
  return learnt;
}

describe("trainByteLevelBpe", () => {
  it("merges the most frequent pair first", () => {
    // "hug" 10, "pug" 5, "pun" 12, "bun" 4, "hugs" 5: the corpus of Hugging Face's course on BPE.
    const texts = Object.entries({ hug: 10, pug: 5, pun: 12, bun: 4, hugs: 5 }).flatMap(([word, count]) =>
      Array.from({ length: count }, () => word),
    );
    const json = trainByteLevelBpe(texts, { vocabularySize: 259 });
    expect(json.model.merges).toEqual([
      ["u", "g"],
      ["u", "n"],
      ["h", "ug"],
    ]);
  });

  it("merges what counting anew for every merge would, whatever the corpus", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "é"), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
        const { merges } = trainByteLevelBpe(texts, { vocabularySize: 280 }).model;
        expect(merges).toEqual(naiveMerges(texts, merges?.length ?? 0));
        // It only stops early when nothing is left to merge.
        if ((merges?.length ?? 0) < 24) expect(naiveMerges(texts, 24)).toEqual(merges);
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the order of the texts", () => {
    const texts = fc.array(fc.lorem({ maxCount: 5 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(texts, (value) => {
        const options = { vocabularySize: 300 };
        expect(trainByteLevelBpe(value.toReversed(), options)).toEqual(trainByteLevelBpe(value, options));
      }),
      { numRuns: 50 },
    );
  });

  it("gives special tokens the first ids, then the 256 bytes, and learns nothing across or of a special token", () => {
    const specialTokens = ["<eos>", "<bos>"];
    const texts = Array.from({ length: 9 }, () => "ab<eos>ab<eos><bos>");
    const json = trainByteLevelBpe(texts, { vocabularySize: 300, specialTokens });
    expect(json.added_tokens.map(({ id, content }) => [id, content])).toEqual([
      [0, "<eos>"],
      [1, "<bos>"],
    ]);
    const vocabulary = json.model.vocab as Record<string, number>;
    expect(byteCharacters.map((character) => vocabulary[character]).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 256 }, (_, index) => index + 2),
    );
    expect(json.model.merges).toEqual([["a", "b"]]);
    expect(loadTokenizer({ tokenizer: json }).encode("<bos>ab")).toEqual([1, 258]);
  });

  it("keeps a token that is spelt like a property of every object", () => {
    const texts = Array.from({ length: 3 }, () => "__proto__ constructor");
    const json = trainByteLevelBpe(texts, { vocabularySize: 400, minimumPairCount: 1 });
    const tokenizer = loadTokenizer({ tokenizer: JSON.stringify(json) });
    expect(tokenizer.decode(tokenizer.encode(texts.join()))).toBe(texts.join());
    expect(tokenizer.tokenToId("toString")).toBeUndefined();
  });

  it("refuses sizes and special tokens that cannot be", () => {
    const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" });
    expect(() => trainByteLevelBpe([], { vocabularySize: 255 })).toThrow(refused);
    expect(() => trainByteLevelBpe([], { vocabularySize: 257, specialTokens: ["<a>", "<b>"] })).toThrow(refused);
    expect(() => trainByteLevelBpe([], { vocabularySize: 300, specialTokens: ["<a>", "<a>"] })).toThrow(refused);
    expect(() => trainByteLevelBpe([], { vocabularySize: 300, specialTokens: ["a"] })).toThrow(refused);
  });
});
