import { AnabranchError } from "@anabranch/core";
import { Tokenizer as Encoder } from "@huggingface/tokenizers";
import type { ChatTemplateSource } from "./chat/chat-template.js";
import { createChatTemplate } from "./chat/create-chat-template.js";
import { checkTokenizerConfig } from "./checking/check-tokenizer-config.js";
import { checkTokenizerJson } from "./checking/check-tokenizer-json.js";
import { invalid } from "./checking/fields.js";
import { compileDecoder } from "./decoding/compile-decoder.js";
import { createDetokenizer } from "./detokenizer.js";
import { lowerPreTokenizer } from "./lower-pre-tokenizer.js";
import type { DecodeOptions, EncodeOptions, Tokenizer } from "./tokenizer.js";
import type { TokenizerConfigJson, TokenizerJson } from "./tokenizer-json.js";

/** What a tokenizer is loaded from. A string is JSON text, an object is parsed already. */
export interface TokenizerSource {
  /** tokenizer.json */
  readonly tokenizer: TokenizerJson | string | object;
  /** tokenizer_config.json: which tokens begin and end a text, and whether encode adds them. */
  readonly config?: TokenizerConfigJson | string | undefined;
  /** Jinja source, instead of that in the configuration: chat_template.jinja, or one of your own. */
  readonly chatTemplate?: ChatTemplateSource | undefined;
}

/**
 * Makes a tokenizer from Hugging Face's tokenizer.json.
 *
 * `truncation` and `padding` in the file are not applied, and decoding never "cleans up" spaces: ids are the whole text.
 *
 * @throws InvalidFileError for a file that is corrupt, truncated or of another format; its message names the field
 * @throws UnsupportedError for a kind of tokenizer that cannot be run exactly
 */
export function loadTokenizer(source: TokenizerSource): Tokenizer {
  const { json, addedTokens, vocabulary } = checkTokenizerJson(parse(source.tokenizer, "tokenizer.json"));
  const config = checkTokenizerConfig(parse(source.config ?? {}, "tokenizer_config.json"), vocabulary);
  const startDecoding = compileDecoder(json.decoder, new Set(addedTokens.map(({ content }) => content)));
  const encode = guard(() => {
    const encoder = new Encoder({ ...json, pre_tokenizer: lowerPreTokenizer(json.pre_tokenizer) }, {});
    return (text: string, addSpecialTokens: boolean): number[] =>
      encoder.encode(text, { add_special_tokens: addSpecialTokens }).ids;
  });

  // What the post-processor adds by itself, transformers does not add again.
  const added = guard(() => encode("", true));
  const prefix = config.addBosToken && config.bosToken !== undefined && !added.includes(config.bosToken);
  const suffix = config.addEosToken && config.eosToken !== undefined && !added.includes(config.eosToken);

  const template = source.chatTemplate ?? config.chatTemplate;

  const tokens: (string | undefined)[] = []; // (id)
  for (const [token, id] of vocabulary) tokens[id] = token;
  const specialIds = new Set(addedTokens.filter(({ special }) => special === true).map(({ id }) => id));
  for (const id of [config.bosToken, config.eosToken]) if (id !== undefined) specialIds.add(id);

  const tokenizer: Tokenizer = {
    vocabularySize: tokens.length,
    bosToken: config.bosToken,
    eosToken: config.eosToken,
    specialIds,
    chatTemplate: template && createChatTemplate(template.source, config.texts, template.origin),
    isSpecial: (id) => specialIds.has(id),
    encode(text, { addSpecialTokens = true }: EncodeOptions = {}) {
      const ids = guard(() => encode(text, addSpecialTokens));
      // The library leaves a hole for a token that the vocabulary lacks, such as one that a template names.
      if (ids.some((id) => !Number.isInteger(id))) {
        throw invalid("tokenizer.json", "gives a token outside its vocabulary");
      }
      if (addSpecialTokens && prefix) ids.unshift(config.bosToken as number);
      if (addSpecialTokens && suffix) ids.push(config.eosToken as number);
      return ids;
    },
    decode(ids, options: DecodeOptions = {}) {
      const detokenizer = createDetokenizer(tokenizer, options);
      let text = "";
      for (const id of ids) text += detokenizer.push(id);
      return text + detokenizer.flush();
    },
    tokenToId: (token) => vocabulary.get(token),
    idToToken: (id) => tokens[id],
    startDecoding,
  };
  // A setting that only fails in use shall fail here.
  tokenizer.encode("A probe: 1 é.");
  return tokenizer;
}

function parse(value: unknown, file: string): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw invalid(file, "is not JSON", cause);
  }
}

/** What the library throws over a file that passed the checks still says that the file is wrong. */
function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (AnabranchError.isInstance(cause)) throw cause;
    throw invalid("tokenizer.json", "cannot be run", cause);
  }
}
