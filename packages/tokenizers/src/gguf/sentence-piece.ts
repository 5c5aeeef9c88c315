import type { AddedToken, TokenizerComponent, TokenizerJson } from "../tokenizer-json.js";
import { aroundText } from "./around-text.js";
import { mergesFromScores } from "./merges-from-scores.js";
import { flag, type GgufMetadata, invalidKey, numbers } from "./metadata.js";
import { type GgufVocabulary, tokenTypes } from "./vocabulary.js";

const visibleSpace = "▁";

/** The tokenizer.json of `tokenizer.ggml.model` "llama": SentencePiece's BPE, with bytes for what no piece spells. */
export function sentencePieceFromGguf(metadata: GgufMetadata, vocabulary: GgufVocabulary): TokenizerJson {
  const { tokens, types, ids } = vocabulary;
  const scores = numbers(metadata, "tokenizer.ggml.scores", tokens.length);
  const spacePrefix = flag(metadata, "tokenizer.ggml.add_space_prefix", true);
  const prepend: TokenizerComponent[] = spacePrefix ? [{ type: "Prepend", prepend: visibleSpace }] : [];
  // The prepended space goes from the text again.
  const strip: TokenizerComponent[] = spacePrefix ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : [];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: metadata.get("general.architecture") === "phi3" ? stripAfter(vocabulary.added) : vocabulary.added,
    normalizer: {
      type: "Sequence",
      normalizers: [...prepend, { type: "Replace", pattern: { String: " " }, content: visibleSpace }],
    },
    pre_tokenizer: null,
    post_processor: aroundText(metadata, vocabulary, true),
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: visibleSpace }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...strip,
      ],
    },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: vocabulary.unk ?? tokens[types.indexOf(tokenTypes.unknown)] ?? null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: hasBytes(vocabulary),
      ignore_merges: false,
      vocab: Object.fromEntries(ids),
      merges: mergesFromScores(vocabulary, scores),
    },
  };
}

/** All 256 or none: with some missing, a text would lose characters. */
function hasBytes({ types, ids }: GgufVocabulary): boolean {
  if (!types.includes(tokenTypes.byte)) return false;
  for (let byte = 0; byte < 256; byte++) {
    const token = `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
    if (types[ids.get(token) ?? -1] !== tokenTypes.byte) {
      throw invalidKey("tokenizer.ggml.tokens", `lacks the byte token ${token}`);
    }
  }
  return true;
}

// GGUF has no place for it: Phi-3's special tokens take the white space after them, but for these.
const strippingNothing = new Set(["<unk>", "<s>", "<|endoftext|>"]);

function stripAfter(added: readonly AddedToken[]): AddedToken[] {
  return added.map((token) => ({ ...token, rstrip: !strippingNothing.has(token.content) }));
}
