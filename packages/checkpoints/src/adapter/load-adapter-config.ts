import { UnsupportedError } from "@anabranch/core";
import { type Folder, pathIn, readTextIn } from "../bytes/folder.js";
import { checkSeal } from "../bytes/seal.js";
import { parseJsonObject } from "../config/check-fields.js";
import { type AdapterConfig, readAdapterConfig } from "./adapter-config.js";
import { ADAPTER_CHECKSUM, ADAPTER_CONFIG_FILE, ADAPTER_FORMAT_VERSION, PEFT_TYPE } from "./adapter-files.js";

/** Reads and checks adapter_config.json: its kind and version first, then its checksum, then its fields. */
export async function loadAdapterConfig(folder: Folder): Promise<AdapterConfig> {
  const name = pathIn(folder, ADAPTER_CONFIG_FILE);
  const text = await readTextIn(folder, ADAPTER_CONFIG_FILE);
  const json = parseJsonObject(text, name);
  if (json.peft_type !== PEFT_TYPE) {
    throw new UnsupportedError(`${name}: "peft_type" is ${JSON.stringify(json.peft_type)}, not "${PEFT_TYPE}".`, {
      subject: "peft_type",
      cure: "Only adapters with speculative streams can be loaded; merge other LoRA adapters into the base model.",
    });
  }
  const version = (json.anabranch as { format_version?: unknown } | null | undefined)?.format_version;
  if (typeof version === "number" && version > ADAPTER_FORMAT_VERSION) {
    throw new UnsupportedError(`${name}: version ${version} of the adapter format; this release knows only 1.`, {
      subject: "anabranch.format_version",
      cure: "Update @anabranch/checkpoints.",
    });
  }
  await checkSeal(text, ADAPTER_CHECKSUM, name);
  return readAdapterConfig(json, name);
}
