import { byteLevelModel } from "../byte-level-json.js";
import type { TokenizerJson } from "../tokenizer-json.js";
import { aroundText } from "./around-text.js";
import { flag, type GgufMetadata, invalidKey, strings, unsupportedKey } from "./metadata.js";
import { readPreTokenizer } from "./pre-tokenizers.js";
import type { GgufVocabulary } from "./vocabulary.js";

/** The tokenizer.json of `tokenizer.ggml.model` "gpt2": byte-level BPE, merges in the file. */
export function byteLevelFromGguf(metadata: GgufMetadata, vocabulary: GgufVocabulary): TokenizerJson {
  const kind = readPreTokenizer(metadata);
  const prefixKey = "tokenizer.ggml.add_space_prefix";
  if (flag(metadata, prefixKey, false)) {
    const cure = "Use the model's Hugging Face folder with its tokenizer.json.";
    throw unsupportedKey(prefixKey, "asks for a space before the text, which readers of byte-level files ignore", cure);
  }
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: vocabulary.added,
    normalizer: kind.normalizer,
    pre_tokenizer: kind.preTokenizer,
    post_processor: aroundText(metadata, vocabulary, kind.addBosToken),
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: byteLevelModel(vocabulary.ids, readMerges(metadata, vocabulary), kind.ignoreMerges),
  };
}

function readMerges(metadata: GgufMetadata, { ids }: GgufVocabulary): [string, string][] {
  const key = "tokenizer.ggml.merges";
  return strings(metadata, key).map((merge, index) => {
    const [left, right, ...more] = merge.split(" ");
    if (!left || !right || more.length > 0) throw invalidKey(`${key}[${index}]`, "is no pair");
    const missing = [left, right, left + right].find((token) => !ids.has(token));
    if (missing === undefined) return [left, right];
    throw invalidKey(`${key}[${index}]`, `needs "${missing}", not in the vocabulary`);
  });
}
