import type { AddedToken, TokenizerJson, TokenizerModelJson } from "./tokenizer-json.js";

/** A byte-level BPE as GPT-2 has it, as a tokenizer.json that Hugging Face's libraries load too. */
export function byteLevelJson(
  vocabulary: ReadonlyMap<string, number>,
  merges: readonly (readonly [string, string])[],
  specialTokens: readonly string[],
): TokenizerJson {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  let free = 1 + [...vocabulary.values()].reduce((greatest, id) => Math.max(greatest, id), -1);
  const added = specialTokens.map(
    (content): AddedToken => ({
      id: vocabulary.get(content) ?? free++,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    }),
  );
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added.sort((left, right) => left.id - right.id),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: byteLevelModel(vocabulary, merges, false),
  };
}

/** @param ignoreMerges whether a word that is a token is that token, whatever its merges make of it */
export function byteLevelModel(
  vocabulary: ReadonlyMap<string, number>,
  merges: readonly (readonly [string, string])[],
  ignoreMerges: boolean,
): TokenizerModelJson {
  return {
    type: "BPE",
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: ignoreMerges,
    // fromEntries, since assigning to an object would lose a token spelt "__proto__".
    vocab: Object.fromEntries(vocabulary),
    merges,
  };
}
