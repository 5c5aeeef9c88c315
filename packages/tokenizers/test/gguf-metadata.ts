import { byteCharacters } from "../src/byte-alphabet.js";
import type { GgufMetadata, TokenizerJson } from "../src/index.js";

/**
 * The metadata that llama.cpp's converter writes for a tokenizer.json with a BPE: an independent way round, for tests.
 *
 * @param more further keys, or others
 */
export function ggufMetadataOf(json: TokenizerJson, more: Readonly<Record<string, unknown>>): GgufMetadata {
  const added = new Map(json.added_tokens.map((token) => [token.content, token]));
  const ids = Object.entries(json.model.vocab as Record<string, number>);
  const tokens = ids.sort(([, left], [, right]) => left - right).map(([token]) => token);
  const types = tokens.map((token) => {
    const special = added.get(token)?.special;
    if (token === json.model.unk_token) return 2;
    if (special !== undefined) return special ? 3 : 4;
    return /^<0x[0-9A-F]{2}>$/.test(token) ? 6 : 1;
  });
  return new Map<string, unknown>(
    Object.entries({
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.token_type": types,
      "tokenizer.ggml.merges": json.model.merges?.map((merge) => (typeof merge === "string" ? merge : merge.join(" "))),
      ...more,
    }).filter(([, value]) => value !== undefined),
  );
}

/** A byte-level vocabulary of the 256 bytes, "ab", "abc", "12", "123" and two special tokens. */
export const smallByteLevel: GgufMetadata = new Map<string, unknown>([
  ["tokenizer.ggml.model", "gpt2"],
  ["tokenizer.ggml.pre", "gpt-2"],
  ["tokenizer.ggml.tokens", [...byteCharacters, "ab", "abc", "12", "123", "<bos>", "<tool>"]],
  ["tokenizer.ggml.token_type", [...Array.from({ length: 260 }, () => 1), 3, 4]],
  ["tokenizer.ggml.merges", ["a b", "ab c", "1 2", "12 3"]],
  ["tokenizer.ggml.bos_token_id", 260],
  ["tokenizer.ggml.eos_token_id", 260],
  ["tokenizer.chat_template", "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"],
]);

/** SentencePiece's BPE: bytes, and pieces whose scores fall in the order in which they were learned. */
export const smallSentencePiece: GgufMetadata = (() => {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const pieces = ["▁t", "he", "▁the", "an", "▁", "t", "h", "e", "a", "n"];
  return new Map<string, unknown>([
    ["tokenizer.ggml.model", "llama"],
    ["tokenizer.ggml.tokens", ["<unk>", "<s>", "</s>", ...bytes, ...pieces]],
    ["tokenizer.ggml.token_type", [2, 3, 3, ...bytes.map(() => 6), ...pieces.map(() => 1)]],
    ["tokenizer.ggml.scores", [0, 0, 0, ...bytes.map(() => 0), ...pieces.map((_, index) => -index)]],
    ["tokenizer.ggml.bos_token_id", 1],
    ["tokenizer.ggml.eos_token_id", 2n],
    ["tokenizer.ggml.unknown_token_id", 0],
  ]);
})();

/** The metadata with some keys set to other values, or taken out where the value is undefined. */
export function changed(metadata: GgufMetadata, values: Readonly<Record<string, unknown>>): GgufMetadata {
  const all = new Map([...metadata, ...Object.entries(values)]);
  for (const [key, value] of all) if (value === undefined) all.delete(key);
  return all;
}
