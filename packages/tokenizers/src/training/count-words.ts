import { toByteCharacters } from "../byte-alphabet.js";

// GPT-2's words, with \s spelt as Unicode's white space: see lower-pre-tokenizer.ts.
const words =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * Counts the words that the pre-tokenizer would make of the texts, in byte characters. Special tokens are cut out first,
 * as encoding does: they are never parts of words.
 */
export function countWords(texts: Iterable<string>, specialTokens: readonly string[]): Map<string, number> {
  // The longest first, as encoding matches them.
  const alternatives = [...specialTokens].sort((left, right) => right.length - left.length).map(escapePattern);
  const special = alternatives.length === 0 ? undefined : new RegExp(alternatives.join("|"), "u");
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const section of special === undefined ? [text] : text.split(special)) {
      for (const word of section.match(words) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return new Map([...counts].map(([word, count]) => [toByteCharacters(word), count]));
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
