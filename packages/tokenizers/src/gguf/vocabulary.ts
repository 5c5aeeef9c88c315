import type { AddedToken } from "../tokenizer-json.js";
import { type GgufMetadata, invalidKey, numbers, optionalToken, strings } from "./metadata.js";

/** The values of `tokenizer.ggml.token_type` that are treated apart. 0 (undefined), 1 (normal) and 5 (unused) are text. */
export const tokenTypes = { unknown: 2, control: 3, userDefined: 4, byte: 6 } as const;

export interface GgufVocabulary {
  readonly tokens: readonly string[]; // (id)
  readonly types: readonly number[]; // (id)
  /** token -> id */
  readonly ids: ReadonlyMap<string, number>;
  /** Matched in the raw text: control tokens, and those that the user defined. */
  readonly added: readonly AddedToken[];
  readonly bos: string | undefined;
  readonly eos: string | undefined;
  readonly unk: string | undefined;
  readonly pad: string | undefined;
}

/** @throws InvalidFileError naming the key that is missing or wrong */
export function readVocabulary(metadata: GgufMetadata): GgufVocabulary {
  const key = "tokenizer.ggml.tokens";
  // llama.cpp names tokens without text so.
  const tokens = strings(metadata, key).map((token, id) => token || `[EMPTY_${id}]`);
  if (tokens.length === 0) throw invalidKey(key, "is empty");
  const ids = new Map<string, number>();
  tokens.forEach((token, id) => {
    const earlier = ids.get(token);
    if (earlier !== undefined) throw invalidKey(`${key}[${id}]`, `is the token that ${earlier} is already`);
    ids.set(token, id);
  });
  const types = numbers(metadata, "tokenizer.ggml.token_type", tokens.length);
  return {
    tokens,
    types,
    ids,
    added: tokens.flatMap((content, id) => addedToken(content, id, types[id] as number)),
    bos: optionalToken(metadata, "tokenizer.ggml.bos_token_id", tokens),
    eos: optionalToken(metadata, "tokenizer.ggml.eos_token_id", tokens),
    unk: optionalToken(metadata, "tokenizer.ggml.unknown_token_id", tokens),
    pad: optionalToken(metadata, "tokenizer.ggml.padding_token_id", tokens),
  };
}

function addedToken(content: string, id: number, type: number): AddedToken[] {
  if (!Number.isInteger(type) || type < 0 || type > 6) {
    throw invalidKey(`tokenizer.ggml.token_type[${id}]`, `is ${type}; token types are 0 to 6`);
  }
  const special = type === tokenTypes.control || type === tokenTypes.unknown;
  if (!special && type !== tokenTypes.userDefined) return [];
  return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
}
