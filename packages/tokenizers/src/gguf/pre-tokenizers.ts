import type { TokenizerComponent } from "../tokenizer-json.js";
import { type GgufMetadata, invalidKey, optionalString, unsupportedKey } from "./metadata.js";

/** What the name of a pre-tokenizer stands for, as Hugging Face's files of these models spell it. */
export interface PreTokenizerKind {
  readonly normalizer: TokenizerComponent | null;
  readonly preTokenizer: TokenizerComponent;
  /** A word that is a token is that token, whatever the merges would make of it. */
  readonly ignoreMerges: boolean;
  /** Whether a text begins with the beginning token where the file does not say. */
  readonly addBosToken: boolean;
}

const gpt2 = byteLevel(true);
const plain = { normalizer: null, ignoreMerges: false, addBosToken: false };

const kinds: Readonly<Record<string, PreTokenizerKind>> = {
  "gpt-2": { ...plain, preTokenizer: gpt2 },
  smollm: { ...plain, preTokenizer: sequence({ type: "Digits", individual_digits: true }, gpt2) },
  "llama-bpe": { ...plain, preTokenizer: words("{1,3}"), ignoreMerges: true, addBosToken: true },
  qwen2: { ...plain, preTokenizer: words(""), normalizer: { type: "NFC" } },
};

/**
 * Looks up the kind that `tokenizer.ggml.pre` names.
 *
 * @throws UnsupportedError for a name that is not known here
 */
export function readPreTokenizer(metadata: GgufMetadata): PreTokenizerKind {
  const key = "tokenizer.ggml.pre";
  const name = optionalString(metadata, key);
  if (name === undefined) throw invalidKey(key, "is missing, as in files made before it was known to matter");
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind !== undefined) return kind;
  throw unsupportedKey(
    key,
    `names the pre-tokenizer "${name.slice(0, 40)}"; known are ${Object.keys(kinds).join(", ")}`,
    "Use the model's Hugging Face folder with its tokenizer.json.",
  );
}

/** Llama 3's words, and with single digits Qwen 2's. */
function words(digits: string): TokenizerComponent {
  const pattern = [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+",
    `\\p{N}${digits}`,
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*",
    "\\s*[\\r\\n]+",
    "\\s+(?!\\S)",
    "\\s+",
  ].join("|");
  return sequence(
    { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false },
    byteLevel(false),
  );
}

function byteLevel(useRegex: boolean): TokenizerComponent {
  return { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: useRegex };
}

function sequence(...pretokenizers: TokenizerComponent[]): TokenizerComponent {
  return { type: "Sequence", pretokenizers };
}
