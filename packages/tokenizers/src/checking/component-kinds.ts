import type { FieldKinds } from "./fields.js";

/** The four places where a tokenizer.json holds components. */
export type ComponentPlace = "normalizer" | "pre_tokenizer" | "post_processor" | "decoder";

interface PlaceKinds {
  /** The field of `Sequence` that lists its parts. */
  readonly parts: string;
  /** What the encoder or decoder here can run, and the fields that it needs. */
  readonly known: Readonly<Record<string, FieldKinds>>;
  /** What the format has, and nothing here runs. */
  readonly unsupported: readonly string[];
}

const byteLevel: FieldKinds = { add_prefix_space: "boolean?", trim_offsets: "boolean?", use_regex: "boolean?" };
const replace: FieldKinds = { pattern: "pattern", content: "string" };
const metaspace: FieldKinds = { replacement: "text?", str_rep: "text?", prepend_scheme: "string?" };
const aroundText: FieldKinds = { sep: "tokenAndId", cls: "tokenAndId" };

/** Names and fields as in Hugging Face's `tokenizers`. */
export const componentKinds: Readonly<Record<ComponentPlace, PlaceKinds>> = {
  normalizer: {
    parts: "normalizers",
    known: {
      BertNormalizer: {
        clean_text: "boolean?",
        handle_chinese_chars: "boolean?",
        strip_accents: "boolean?",
        lowercase: "boolean?",
      },
      Precompiled: { precompiled_charsmap: "string?" },
      Replace: replace,
      NFC: {},
      NFD: {},
      NFKC: {},
      NFKD: {},
      Strip: { strip_left: "boolean?", strip_right: "boolean?" },
      StripAccents: {},
      Lowercase: {},
      Prepend: { prepend: "string" },
    },
    unsupported: ["ByteLevel", "Nmt"],
  },
  pre_tokenizer: {
    parts: "pretokenizers",
    known: {
      BertPreTokenizer: {},
      Whitespace: {},
      WhitespaceSplit: {},
      Metaspace: metaspace,
      ByteLevel: byteLevel,
      Split: { pattern: "pattern", behavior: "string", invert: "boolean?" },
      Punctuation: { behavior: "string?" },
      Digits: { individual_digits: "boolean?" },
      FixedLength: { length: "positive" },
    },
    unsupported: ["CharDelimiterSplit", "UnicodeScripts", "RegexSplit"],
  },
  post_processor: {
    parts: "processors",
    known: {
      ByteLevel: byteLevel,
      BertProcessing: aroundText,
      RobertaProcessing: aroundText,
      TemplateProcessing: {},
    },
    unsupported: [],
  },
  decoder: {
    parts: "decoders",
    known: {
      ByteLevel: byteLevel,
      WordPiece: { prefix: "string?", cleanup: "boolean?" },
      Metaspace: metaspace,
      BPEDecoder: { suffix: "text?" },
      Replace: replace,
      Fuse: {},
      Strip: { content: "text", start: "count", stop: "count" },
      ByteFallback: {},
    },
    unsupported: ["CTC"],
  },
};
