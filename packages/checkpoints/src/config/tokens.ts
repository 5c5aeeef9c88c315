import * as v from "valibot";
import { checkFields } from "./check-fields.js";
import type { ModelConfig } from "./model-config.js";

const tokenId = v.pipe(v.number(), v.integer(), v.minValue(0));

const eosTokenId = v.nullish(v.union([tokenId, v.array(tokenId)]));

const schema = v.object({
  bos_token_id: v.nullish(tokenId),
  eos_token_id: eosTokenId,
  // -1 is how some old files say "none".
  pad_token_id: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(-1))),
});

const asList = (eos: number | readonly number[] | null | undefined): readonly number[] =>
  eos === null || eos === undefined ? [] : [eos].flat();

/** The tokens that frame a text. @throws InvalidFileError naming the field */
export function readTokens(json: Readonly<Record<string, unknown>>, file: string): Omit<ModelConfig, "spec"> {
  const { bos_token_id: bos, eos_token_id: eos, pad_token_id: pad } = checkFields(schema, json, file);
  return {
    eosTokenIds: asList(eos),
    ...optional("bosTokenId", bos),
    ...optional("padTokenId", pad === -1 ? null : pad),
  };
}

/** `eos_token_id` of a generation_config.json: chat models end a turn with tokens that config.json does not name. */
export function readGenerationEnds(json: Readonly<Record<string, unknown>>, file: string): readonly number[] {
  return asList(checkFields(v.object({ eos_token_id: eosTokenId }), json, file).eos_token_id);
}

const optional = <Key extends string>(key: Key, value: number | null | undefined) =>
  (value === null || value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: number };
