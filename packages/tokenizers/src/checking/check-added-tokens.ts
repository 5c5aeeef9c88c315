import type { AddedToken } from "../tokenizer-json.js";
import { unsupported } from "./check-component.js";
import { asArray, asFields, asId, checkFields, invalid } from "./fields.js";

const flags = { lstrip: "boolean?", rstrip: "boolean?", single_word: "boolean?", normalized: "boolean?" };

/** Checks the added tokens, against the model's vocabulary (token -> id) too. */
export function checkAddedTokens(value: unknown, vocabulary: ReadonlyMap<string, number>): readonly AddedToken[] {
  const tokens = asArray(value, "tokenizer.json: added_tokens");
  const taken = new Map<number, string>();
  for (const [token, id] of vocabulary) taken.set(id, token);
  tokens.forEach((entry, index) => {
    const path = `tokenizer.json: added_tokens[${index}]`;
    const token = asFields(entry, path);
    checkFields(token, { content: "text", special: "boolean?", ...flags }, path);
    const content = token.content as string;
    const id = asId(token.id, `${path}.id`);
    if (token.single_word === true) throw unsupported(`${path}.single_word`, "an added token with single_word");
    if ((taken.get(id) ?? content) !== content) throw invalid(`${path}.id`, `is ${id}, another token's`);
    if ((vocabulary.get(content) ?? id) !== id) throw invalid(`${path}.id`, "is not the vocabulary's id of the token");
    taken.set(id, content);
  });
  return tokens as readonly AddedToken[];
}
