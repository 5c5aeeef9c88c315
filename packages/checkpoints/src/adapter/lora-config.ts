import { UnsupportedError } from "@anabranch/core";
import * as v from "valibot";
import { type Folder, pathIn, readTextIn } from "../bytes/folder.js";
import { checkFields, parseJsonObject, positive, size } from "../config/check-fields.js";
import { ADAPTER_CONFIG_FILE } from "./adapter-files.js";

const LORA = "LORA";

const schema = v.object({ r: size(65_536), lora_alpha: positive(), use_rslora: v.nullish(v.boolean(), false) });

/** What would change the arithmetic, and the values with which it does not. */
const HARMLESS: Readonly<Record<string, (value: unknown) => boolean>> = {
  bias: (value) => value === "none",
  use_dora: isOff,
  use_qalora: isOff,
  lora_bias: isOff,
  modules_to_save: isOff,
  rank_pattern: isOff,
  alpha_pattern: isOff,
  layer_replication: isOff,
  trainable_token_indices: isOff,
  target_parameters: isOff,
  megatron_config: isOff,
  alora_invocation_tokens: isOff,
};

function isOff(value: unknown): boolean {
  return value === false || (typeof value === "object" && (value === null || Object.keys(value).length === 0));
}

/** Whether a folder holds a plain LoRA of PEFT, rather than streams. @throws IoError, InvalidFileError */
export async function isLora(folder: Folder): Promise<boolean> {
  const json = parseJsonObject(await readTextIn(folder, ADAPTER_CONFIG_FILE), pathIn(folder, ADAPTER_CONFIG_FILE));
  return json.peft_type === LORA;
}

export interface LoraConfig {
  readonly rank: number;
  /** What B A is multiplied by. */
  readonly scale: number;
}

/** @throws IoError; InvalidFileError, UnsupportedError naming the field */
export async function loadLoraConfig(folder: Folder): Promise<LoraConfig> {
  const name = pathIn(folder, ADAPTER_CONFIG_FILE);
  const json = parseJsonObject(await readTextIn(folder, ADAPTER_CONFIG_FILE), name);
  for (const [field, isHarmless] of Object.entries(HARMLESS)) {
    const value = json[field];
    if (value === undefined || isHarmless(value)) continue;
    throw new UnsupportedError(`${name}: "${field}" is ${JSON.stringify(value)}, which is more than a plain LoRA.`, {
      subject: field,
      cure: "Merge the adapter into its base model with PEFT, and load that.",
    });
  }
  const { r: rank, lora_alpha: alpha, use_rslora: stabilised } = checkFields(schema, json, name);
  return { rank, scale: alpha / (stabilised ? Math.sqrt(rank) : rank) };
}
