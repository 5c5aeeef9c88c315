import { asFields, checkFields, invalid } from "./fields.js";

export interface CheckedConfig {
  readonly bosToken: number | undefined;
  readonly eosToken: number | undefined;
  readonly addBosToken: boolean;
  readonly addEosToken: boolean;
}

const path = "tokenizer_config.json";

/**
 * Reads the fields of tokenizer_config.json that change ids.
 *
 * @param vocabulary token -> id
 * @throws InvalidFileError when a field is of a wrong kind or names a token that is not there
 */
export function checkTokenizerConfig(value: unknown, vocabulary: ReadonlyMap<string, number>): CheckedConfig {
  const fields = asFields(value, path);
  checkFields(fields, { add_bos_token: "boolean?", add_eos_token: "boolean?" }, path);
  const idOf = (name: string): number | undefined => {
    const entry = fields[name] ?? undefined;
    if (entry === undefined) return undefined;
    const token = typeof entry === "string" ? entry : asFields(entry, `${path}: ${name}`).content;
    const id = typeof token === "string" ? vocabulary.get(token) : undefined;
    if (id === undefined) throw invalid(`${path}: ${name}`, "is not a token of tokenizer.json");
    return id;
  };
  return {
    bosToken: idOf("bos_token"),
    eosToken: idOf("eos_token"),
    addBosToken: fields.add_bos_token === true,
    addEosToken: fields.add_eos_token === true,
  };
}
