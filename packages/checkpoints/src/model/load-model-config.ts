import { UnsupportedError } from "@anabranch/core";
import * as v from "valibot";
import { existsIn, type Folder, pathIn, readTextIn } from "../bytes/folder.js";
import { checkSeal } from "../bytes/seal.js";
import { checkFields, parseJsonObject, size } from "../config/check-fields.js";
import type { ModelConfig } from "../config/model-config.js";
import { readModelConfig } from "../config/read-model-config.js";
import { readGenerationEnds } from "../config/tokens.js";
import {
  CONFIG_CHECKSUM,
  CONFIG_FILE,
  GENERATION_FILE,
  MODEL_FORMAT_VERSION,
  OUR_FIELD,
  QUANTIZATION_FORMAT,
} from "./model-files.js";

const quantization = v.strictObject({ format: v.literal(QUANTIZATION_FORMAT), block_size: size() });

/** With the end tokens that only generation_config.json names, where that is there. */
async function withGenerationEnds(folder: Folder, config: ModelConfig): Promise<ModelConfig> {
  if (!(await existsIn(folder, GENERATION_FILE))) return config;
  const name = pathIn(folder, GENERATION_FILE);
  const more = readGenerationEnds(parseJsonObject(await readTextIn(folder, GENERATION_FILE), name), name);
  return { ...config, eosTokenIds: [...new Set([...config.eosTokenIds, ...more])] };
}

/**
 * Reads and, where it is ours, checks a folder's config.json.
 *
 * @returns the configuration, and whether Anabranch wrote it
 */
export async function loadModelConfig(folder: Folder): Promise<{ config: ModelConfig; ours: boolean }> {
  const name = pathIn(folder, CONFIG_FILE);
  const text = await readTextIn(folder, CONFIG_FILE);
  const json = parseJsonObject(text, name);
  const mark = json[OUR_FIELD];
  if (mark === undefined) return { config: await withGenerationEnds(folder, readModelConfig(json, name)), ours: false };
  await checkSeal(text, CONFIG_CHECKSUM, name);
  const version = (mark as { format_version?: unknown } | null)?.format_version;
  if (version !== MODEL_FORMAT_VERSION) {
    throw new UnsupportedError(`${name}: version ${version} of Anabranch's models; this release knows only 1.`, {
      subject: name,
      cure: "Update @anabranch/checkpoints.",
    });
  }
  const { quantization_config: quantized, ...plain } = json;
  if (quantized !== undefined) checkFields(quantization, quantized, name);
  return { config: readModelConfig(plain, name), ours: true };
}
