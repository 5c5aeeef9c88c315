import type { ChatTemplateSource } from "../chat/chat-template.js";
import { loadTokenizer } from "../load-tokenizer.js";
import type { Tokenizer } from "../tokenizer.js";
import type { TokenizerJson } from "../tokenizer-json.js";
import { byteLevelFromGguf } from "./byte-level.js";
import { type GgufMetadata, invalidKey, optionalString, unsupportedKey } from "./metadata.js";
import { sentencePieceFromGguf } from "./sentence-piece.js";
import { type GgufVocabulary, readVocabulary } from "./vocabulary.js";

export interface GgufTokenizerOptions {
  /** Instead of the file's own. */
  readonly chatTemplate?: ChatTemplateSource | undefined;
}

const models: Readonly<Record<string, (metadata: GgufMetadata, vocabulary: GgufVocabulary) => TokenizerJson>> = {
  gpt2: byteLevelFromGguf,
  llama: sentencePieceFromGguf,
};

/**
 * Makes a tokenizer from a GGUF file's metadata, the keys under `tokenizer.`: byte-level BPE with the pre-tokenizers `gpt-2`,
 * `smollm`, `llama-bpe` and `qwen2`, and SentencePiece BPE.
 *
 * @param metadata key -> value, as `@anabranch/checkpoints` reads it
 * @throws InvalidFileError naming the key that is missing or wrong
 * @throws UnsupportedError for a kind of tokenizer that is not known here
 */
export function tokenizerFromGguf(metadata: GgufMetadata, options: GgufTokenizerOptions = {}): Tokenizer {
  const key = "tokenizer.ggml.model";
  const model = optionalString(metadata, key);
  if (model === undefined) throw invalidKey(key, "is missing");
  const convert = Object.hasOwn(models, model) ? models[model] : undefined;
  if (convert === undefined) {
    const known = Object.keys(models).join(", ");
    const cure = "Use the model's Hugging Face folder with its tokenizer.json.";
    throw unsupportedKey(key, `is "${model.slice(0, 40)}"; known are ${known}`, cure);
  }
  const vocabulary = readVocabulary(metadata);
  const { bos, eos, unk, pad } = vocabulary;
  return loadTokenizer({
    tokenizer: convert(metadata, vocabulary),
    config: { bos_token: bos ?? null, eos_token: eos ?? null, unk_token: unk ?? null, pad_token: pad ?? null },
    chatTemplate: options.chatTemplate ?? chatTemplate(metadata),
  });
}

function chatTemplate(metadata: GgufMetadata): ChatTemplateSource | undefined {
  const origin = "tokenizer.chat_template";
  const source = optionalString(metadata, origin);
  return source === undefined ? undefined : { source, origin };
}
