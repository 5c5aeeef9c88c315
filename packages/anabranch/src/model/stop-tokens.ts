import type { Tokenizer } from "@anabranch/tokenizers";

/** Tokens that end a text: those of the model's configuration, and the tokenizer's. */
export function stopTokensOf(tokenizer: Tokenizer, eosTokenIds: readonly number[]): ReadonlySet<number> {
  return new Set([...eosTokenIds, ...(tokenizer.eosToken === undefined ? [] : [tokenizer.eosToken])]);
}
