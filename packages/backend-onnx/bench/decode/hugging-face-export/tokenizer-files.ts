import type { GgufMetadata, TokenizerConfigJson, TokenizerJson } from "@anabranch/tokenizers";

/** tokenizer.json and tokenizer_config.json of SmolLM2, out of its GGUF file. */
export function tokenizerFiles(metadata: GgufMetadata): { tokenizer: TokenizerJson; config: TokenizerConfigJson } {
  const tokens = metadata.get("tokenizer.ggml.tokens") as readonly string[];
  const types = Array.from(metadata.get("tokenizer.ggml.token_type") as ArrayLike<number>);
  const merges = metadata.get("tokenizer.ggml.merges") as readonly string[];
  const CONTROL = 3;
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: tokens.flatMap((content, id) =>
      types[id] === CONTROL
        ? [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }]
        : [],
    ),
    normalizer: null,
    pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Digits", individual_digits: true }, byteLevel] },
    post_processor: null,
    decoder: { ...byteLevel, add_prefix_space: true },
    model: {
      type: "BPE",
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map((merge) => merge.split(" ") as [string, string]),
    },
  };
  const end = tokens[Number(metadata.get("tokenizer.ggml.eos_token_id"))] ?? null;
  const config = { tokenizer_class: "GPT2Tokenizer", bos_token: null, eos_token: end, add_prefix_space: false };
  return { tokenizer: tokenizer as TokenizerJson, config: config as TokenizerConfigJson };
}
