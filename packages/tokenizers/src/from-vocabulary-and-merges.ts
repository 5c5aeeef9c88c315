import { byteLevelJson } from "./byte-level-json.js";
import { asFields, asId, invalid } from "./checking/fields.js";
import type { TokenizerJson } from "./tokenizer-json.js";

export interface VocabularyAndMergesOptions {
  /** Tokens to match whole and treat as special. Those not in the vocabulary get the next free ids. Default none. */
  readonly specialTokens?: readonly string[];
}

/**
 * Makes a tokenizer.json from the two files that GPT-2's tokenizer came in.
 *
 * @param vocabulary content of vocab.json: token -> id
 * @param merges text of merges.txt: a `#version` line, then one pair a line, most urgent first
 * @throws InvalidFileError when either is not that
 */
export function fromVocabularyAndMerges(
  vocabulary: Readonly<Record<string, number>>,
  merges: string,
  options: VocabularyAndMergesOptions = {},
): TokenizerJson {
  const ids = Object.entries(asFields(vocabulary, "vocab.json")).map(
    ([token, id]) => [token, asId(id, `vocab.json: "${token}"`)] as const,
  );
  const lines = merges.split(/\r?\n/);
  const skipped = lines[0]?.startsWith("#version") ? 1 : 0;
  const pairs = lines.slice(skipped).flatMap((line, index): [string, string][] => {
    if (line === "") return [];
    const [left, right, ...more] = line.split(" ");
    if (!left || !right || more.length > 0) throw invalid(`merges.txt: line ${index + skipped + 1}`, "is no pair");
    return [[left, right]];
  });
  return byteLevelJson(new Map(ids), pairs, options.specialTokens ?? []);
}
