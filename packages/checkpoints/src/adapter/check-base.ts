import { InvalidFileError, type ModelWeights, WrongBaseModelError } from "@anabranch/core";
import { fingerprint } from "../model/fingerprint.js";
import type { AdapterConfig } from "./adapter-config.js";

/**
 * An adapter without a fingerprint is held against shapes alone.
 *
 * @param base the model, or its fingerprint
 * @throws WrongBaseModelError when the adapter was made for another model; InvalidFileError when its layers do not exist
 */
export async function checkBase(config: AdapterConfig, base: ModelWeights | string, file: string): Promise<void> {
  const { baseFingerprint: wanted, settings, streams } = config;
  const found = typeof base === "string" ? base : await fingerprint(base);
  if (wanted !== undefined && found !== wanted) {
    const named = settings.baseModel === undefined ? "another model" : `"${settings.baseModel}"`;
    throw new WrongBaseModelError(
      `${file} was made for ${named} (fingerprint ${wanted.slice(0, 12)}…), not for this one (${found.slice(0, 12)}…).`,
      { subject: file, cure: "Load the base model that it was trained on." },
    );
  }
  if (typeof base === "string") return;
  const { layers } = base.spec;
  const lowest = streams.mode === "lossless" ? layers - streams.msaLayers : 0;
  const stray = streams.lora?.layers.find((layer) => layer < lowest || layer >= layers);
  if (streams.msaLayers > layers || stray !== undefined) {
    const what = stray === undefined ? `${streams.msaLayers} MSA layers` : `LoRA in layer ${stray}`;
    throw new InvalidFileError(
      `${file} has ${what}, which a ${streams.mode} adapter of ${layers} layers cannot have.`,
      {
        subject: file,
        cure: "Train or write the adapter again.",
      },
    );
  }
}
