import type { ChatTemplateSource, SpecialTokenTexts } from "../chat/chat-template.js";
import { asArray, asFields, asString, checkFields, invalid } from "./fields.js";

export interface CheckedConfig {
  readonly bosToken: number | undefined;
  readonly eosToken: number | undefined;
  readonly addBosToken: boolean;
  readonly addEosToken: boolean;
  /** What a chat template finds as `bos_token` and the like. */
  readonly texts: SpecialTokenTexts;
  readonly chatTemplate: ChatTemplateSource | undefined;
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
  const textOf = (name: string): string | undefined => {
    const entry = fields[name] ?? undefined;
    if (entry === undefined || typeof entry === "string") return entry;
    return asString(asFields(entry, `${path}: ${name}`).content, `${path}: ${name}.content`);
  };
  const idOf = (name: string): number | undefined => {
    const token = textOf(name);
    if (token === undefined) return undefined;
    const id = vocabulary.get(token);
    if (id === undefined) throw invalid(`${path}: ${name}`, "is not a token of tokenizer.json");
    return id;
  };
  return {
    bosToken: idOf("bos_token"),
    eosToken: idOf("eos_token"),
    texts: {
      bosToken: textOf("bos_token"),
      eosToken: textOf("eos_token"),
      unkToken: textOf("unk_token"),
      padToken: textOf("pad_token"),
    },
    chatTemplate: checkChatTemplate(fields.chat_template),
    addBosToken: fields.add_bos_token === true,
    addEosToken: fields.add_eos_token === true,
  };
}

/** One template, or several with names: then the one called `default`, as `transformers` chooses. */
function checkChatTemplate(value: unknown): ChatTemplateSource | undefined {
  const origin = `${path}: chat_template`;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return { source: value, origin };
  if (!Array.isArray(value)) throw invalid(origin, "is neither a text nor a list of templates");
  const templates = asArray(value, origin).map((entry, index) => {
    const entryPath = `${origin}[${index}]`;
    const { name, template } = asFields(entry, entryPath);
    return [asString(name, `${entryPath}.name`), asString(template, `${entryPath}.template`)] as const;
  });
  const source = new Map(templates).get("default");
  return source === undefined ? undefined : { source, origin };
}
