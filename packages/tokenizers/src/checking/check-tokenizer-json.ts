import type { AddedToken, TokenizerComponent, TokenizerJson } from "../tokenizer-json.js";
import { checkAddedTokens } from "./check-added-tokens.js";
import { checkComponent } from "./check-component.js";
import { checkModel } from "./check-model.js";
import type { ComponentPlace } from "./component-kinds.js";
import { asFields, invalid } from "./fields.js";

export interface CheckedTokenizer {
  /** With every field that may be absent filled in. */
  readonly json: TokenizerJson;
  readonly addedTokens: readonly AddedToken[];
  /** Model's vocabulary and added tokens, token -> id. */
  readonly vocabulary: ReadonlyMap<string, number>;
}

/**
 * Checks a parsed tokenizer.json field by field.
 *
 * @throws InvalidFileError naming the field that is wrong
 * @throws UnsupportedError for a part of the format that this package cannot run
 */
export function checkTokenizerJson(value: unknown): CheckedTokenizer {
  const fields = asFields(value, "tokenizer.json");
  if ((fields.version ?? "1.0") !== "1.0") throw invalid("tokenizer.json: version", 'is not "1.0"');
  const component = (place: ComponentPlace): TokenizerComponent | null => {
    const part = fields[place] ?? null;
    checkComponent(part, place, `tokenizer.json: ${place}`);
    return part as TokenizerComponent | null;
  };
  const vocabulary = checkModel(fields.model);
  const addedTokens = checkAddedTokens(fields.added_tokens ?? [], vocabulary);
  for (const { content, id } of addedTokens) vocabulary.set(content, id);
  if (vocabulary.size === 0) throw invalid("tokenizer.json: model.vocab", "is empty");
  const json: TokenizerJson = {
    version: "1.0",
    added_tokens: addedTokens,
    normalizer: component("normalizer"),
    pre_tokenizer: component("pre_tokenizer"),
    post_processor: component("post_processor"),
    decoder: component("decoder"),
    model: fields.model as TokenizerJson["model"],
  };
  return { json, addedTokens, vocabulary };
}
