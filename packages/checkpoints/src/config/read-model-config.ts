import { ConfigFields } from "./config-fields.js";
import { families } from "./families/index.js";
import type { ModelConfig } from "./model-config.js";
import { readTokens } from "./tokens.js";
import { refuseOtherArchitectures, refuseUnsupportedFields, unsupportedField } from "./unsupported-fields.js";

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a parsed Hugging Face config.json of a family that is computed here, as transformers 4 and 5 write it.
 *
 * @param json the file's content
 * @param file for messages
 * @throws UnsupportedError naming the field for anything that would change the arithmetic and is not computed here
 * @throws InvalidFileError naming the field for a missing or impossible value
 */
export function readModelConfig(json: Json, file = "config.json"): ModelConfig {
  const family = families.get(json.model_type);
  if (family === undefined) {
    const known = [...families.keys()].join(", ");
    throw unsupportedField("model_type", json.model_type, file, `Use a model of one of these types: ${known}.`);
  }
  refuseOtherArchitectures(json, family.architectures, file);
  refuseUnsupportedFields(json, family.understood, file);
  const outer = new ConfigFields(json, file);
  const text = json.model_type === "gemma3" ? outer.inside("text_config") : undefined;
  if (text !== undefined) refuseUnsupportedFields(text.json, family.understood, file);
  const { warnings } = outer;
  const spec = family.read(text ?? outer);
  return { spec, ...readTokens({ ...text?.json, ...json }, file), ...(warnings.length > 0 && { warnings }) };
}
