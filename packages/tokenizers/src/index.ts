export type {
  ChatMessage,
  ChatTemplate,
  ChatTemplateSource,
  RenderChatOptions,
  SpecialTokenTexts,
} from "./chat/chat-template.js";
export { createChatTemplate } from "./chat/create-chat-template.js";
export type { PieceDecoder } from "./decoding/stage.js";
export { createDetokenizer, type Detokenizer } from "./detokenizer.js";
export { loadTokenizerFolder } from "./files/load-tokenizer-folder.js";
export { writeTokenizer } from "./files/write-tokenizer.js";
export { fromVocabularyAndMerges, type VocabularyAndMergesOptions } from "./from-vocabulary-and-merges.js";
export type { GgufMetadata } from "./gguf/metadata.js";
export { type GgufTokenizerOptions, tokenizerFromGguf } from "./gguf/tokenizer-from-gguf.js";
export { loadTokenizer, type TokenizerSource } from "./load-tokenizer.js";
export type { DecodeOptions, EncodeOptions, Tokenizer } from "./tokenizer.js";
export type {
  AddedToken,
  NamedChatTemplate,
  TokenizerComponent,
  TokenizerConfigJson,
  TokenizerJson,
  TokenizerModelJson,
} from "./tokenizer-json.js";
export { type ByteLevelBpeOptions, trainByteLevelBpe } from "./training/train-byte-level-bpe.js";
