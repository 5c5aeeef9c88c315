import { type TokenizerJson, trainByteLevelBpe } from "../src/index.js";

const sentences = [
  "The Vaults is a family friendly pub near Café Adriatic.",
  "Prices at The Vaults start at £30; the pub has a 5 star rating.",
  "In the riverside area there's a coffee shop named The Eagle. It isn't cheap.",
];

/** A byte-level BPE with special tokens 0, 1 and 2. */
export const byteLevelTokenizer: TokenizerJson = trainByteLevelBpe(sentences, {
  vocabularySize: 320,
  specialTokens: ["<bos>", "<eos>", "<pad>"],
});

const added = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };

/** SentencePiece BPE with byte fallback, as Llama 2 has it. */
export const byteFallbackTokenizer: TokenizerJson = {
  version: "1.0",
  added_tokens: [
    { id: 0, content: "<unk>", ...added },
    { id: 1, content: "<s>", ...added },
  ],
  normalizer: {
    type: "Sequence",
    normalizers: [
      { type: "Prepend", prepend: "▁" },
      { type: "Replace", pattern: { String: " " }, content: "▁" },
    ],
  },
  pre_tokenizer: null,
  post_processor: {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
    pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 0 } }],
    special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
  },
  decoder: {
    type: "Sequence",
    decoders: [
      { type: "Replace", pattern: { String: "▁" }, content: " " },
      { type: "ByteFallback" },
      { type: "Fuse" },
      { type: "Strip", content: " ", start: 1, stop: 0 },
    ],
  },
  model: {
    type: "BPE",
    unk_token: "<unk>",
    fuse_unk: true,
    byte_fallback: true,
    vocab: Object.fromEntries(
      [
        ...["<unk>", "<s>"],
        ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
        ...["▁", "t", "h", "e", "a", "n", "▁t", "he", "▁the", "an"],
      ].map((token, id) => [token, id]),
    ),
    merges: ["▁ t", "h e", "▁t he", "a n"],
  },
};

/** WordPiece, as BERT has it. */
export const wordPieceTokenizer: TokenizerJson = {
  version: "1.0",
  added_tokens: [{ id: 0, content: "[UNK]", ...added }],
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: null,
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: { "[UNK]": 0, river: 1, "##side": 2, pub: 3, ".": 4, a: 5 },
  },
};

/** Unigram behind Metaspace, as T5 has it. */
export const unigramTokenizer: TokenizerJson = {
  version: "1.0",
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
  post_processor: null,
  decoder: { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
  model: {
    type: "Unigram",
    unk_id: 0,
    vocab: [
      ["<unk>", 0],
      ["▁river", -1],
      ["side", -2],
      ["▁", -3],
      ["p", -4],
      ["u", -4],
      ["b", -4],
      ["▁pub", -2],
    ],
  },
};
