import { InvalidArgumentError } from "@anabranch/core";
import { byteCharacters } from "../byte-alphabet.js";
import { byteLevelJson } from "../byte-level-json.js";
import type { TokenizerJson } from "../tokenizer-json.js";
import { countWords } from "./count-words.js";
import { PairCounts } from "./pair-counts.js";
import { mergePair, type Word } from "./word.js";

export interface ByteLevelBpeOptions {
  /** Special tokens, 256 bytes and merged tokens together. The corpus may be too small to fill it. */
  readonly vocabularySize: number;
  /** They take the ids 0, 1, ... in this order. Default none. */
  readonly specialTokens?: readonly string[];
  /** A pair seen less often is not merged. Default 2. */
  readonly minimumPairCount?: number;
}

/**
 * Trains a byte-level BPE: merges the most frequent pair of neighbouring tokens until the vocabulary is full (Sennrich et
 * al., 2016, on GPT-2's words and bytes). Deterministic: of equally frequent pairs the one with the lowest ids wins.
 *
 * @param texts read once; only the distinct words are held
 * @returns a tokenizer.json that {@link loadTokenizer} and Hugging Face's libraries load
 * @throws InvalidArgumentError for a vocabulary too small for the bytes, or special tokens that are empty or repeated
 */
export function trainByteLevelBpe(texts: Iterable<string>, options: ByteLevelBpeOptions): TokenizerJson {
  const { vocabularySize, specialTokens = [], minimumPairCount = 2 } = options;
  check(vocabularySize, specialTokens);

  const vocabulary = new Map<string, number>();
  const tokens: string[] = []; // (id)
  const idOf = (token: string): number => {
    let id = vocabulary.get(token);
    if (id === undefined) {
      id = tokens.push(token) - 1;
      vocabulary.set(token, id);
    }
    return id;
  };
  specialTokens.forEach(idOf);
  // In the order of the characters, as Hugging Face's trainer has them, so that ties fall alike.
  for (const character of [...byteCharacters].sort()) idOf(character);

  const pairs = new PairCounts();
  for (const [text, count] of countWords(texts, specialTokens)) {
    pairs.count({ symbols: Array.from(text, idOf), count });
  }

  const special = new Set(specialTokens);
  const merges: [string, string][] = [];
  while (tokens.length < vocabularySize) {
    const pair = pairs.takeMostFrequent();
    if (pair === undefined || pair.count < minimumPairCount) break;
    const left = tokens[pair.left] as string;
    const right = tokens[pair.right] as string;
    // Byte characters can spell a special token that the text does not hold.
    if (special.has(left + right)) continue;
    const merged = idOf(left + right);
    merges.push([left, right]);
    for (const word of pairs.wordsWith(pair)) mergeInWord(word, pairs, pair.left, pair.right, merged);
  }
  return byteLevelJson(vocabulary, merges, specialTokens);
}

function mergeInWord(word: Word, pairs: PairCounts, left: number, right: number, merged: number): void {
  pairs.count(word, -1);
  word.symbols = mergePair(word.symbols, left, right, merged);
  pairs.count(word);
}

function check(vocabularySize: number, specialTokens: readonly string[]): void {
  const least = specialTokens.length + 256;
  if (!Number.isInteger(vocabularySize) || vocabularySize < least || vocabularySize >= 2 ** 24) {
    throw new InvalidArgumentError(`A vocabulary of ${vocabularySize} tokens cannot be trained.`, {
      subject: "vocabularySize",
      cure: `Give an integer of at least ${least}: the special tokens and 256 bytes.`,
    });
  }
  if (specialTokens.includes("") || new Set(specialTokens).size < specialTokens.length) {
    throw new InvalidArgumentError("A special token is empty or given twice.", {
      subject: "specialTokens",
      cure: "Give each special token once.",
    });
  }
  const byte = specialTokens.find((token) => byteCharacters.includes(token));
  if (byte !== undefined) {
    throw new InvalidArgumentError(`The special token "${byte}" is one of the 256 byte tokens.`, {
      subject: "specialTokens",
      cure: "Give it a name of several characters.",
    });
  }
}
