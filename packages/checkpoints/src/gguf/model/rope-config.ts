import { UnsupportedError } from "@anabranch/core";
import type { GgufFile } from "../open-gguf.js";
import type { ArchitectureFields } from "./architecture-fields.js";

const FREQUENCY_FACTORS = "rope_freqs.weight";
const LONG_FACTORS = "rope_factors_long.weight";

/** `rope_theta`, `rope_scaling` and `partial_rotary_factor` as a Hugging Face config has them. */
export async function ropeConfig(
  fields: ArchitectureFields,
  file: GgufFile,
  headSize: number,
): Promise<Record<string, unknown>> {
  const theta = fields.number("rope.freq_base") ?? 10_000;
  const rotated = fields.number("rope.dimension_count") ?? headSize;
  const scaling = file.tensors.has(FREQUENCY_FACTORS)
    ? await llama3Scaling(fields, file, theta, rotated)
    : scalingConfig(fields, file);
  return {
    rope_theta: theta,
    ...(scaling === undefined ? {} : { rope_scaling: scaling }),
    ...(rotated === headSize ? {} : { partial_rotary_factor: rotated / headSize }),
  };
}

function scalingConfig(fields: ArchitectureFields, file: GgufFile): Record<string, unknown> | undefined {
  const type = fields.text("rope.scaling.type");
  const factor = fields.number("rope.scaling.factor");
  const original = fields.number("rope.scaling.original_context_length");
  const attention = fields.number("rope.scaling.attn_factor");
  fields.ignore("rope.scaling.finetuned"); // says what was done to the model, not what is to be computed
  // The config's reader refuses what is not computed, by the field's name.
  if (file.tensors.has(LONG_FACTORS)) return { rope_type: "longrope", attention_factor: attention ?? null };
  if (type === undefined || type === "none") return undefined;
  if (type === "linear") return { rope_type: type, factor: factor ?? 1 };
  return { rope_type: type, factor: factor ?? null, original_max_position_embeddings: original ?? null };
}

/** What Llama 3.1 and later were made with; converters keep only the factors that follow from it. */
const LOW = 1;
const HIGH = 4;
const ORIGINAL = 8192;

/**
 * Llama 3's scaling from the factor of each frequency. The largest is the scaling's own; the rest are Llama 3's constants if
 * they give the factors that stand in the file.
 */
async function llama3Scaling(
  fields: ArchitectureFields,
  file: GgufFile,
  theta: number,
  rotated: number,
): Promise<Record<string, unknown>> {
  const original = fields.number("rope.scaling.original_context_length") ?? ORIGINAL;
  fields.harmless("rope.scaling.type", ["none", "llama3"]);
  const { data } = await file.readFloats(FREQUENCY_FACTORS);
  const factor = data.reduce((most, value) => Math.max(most, value), 0);
  const isLlama3 = data.every((value, pair) => {
    const wanted = llama3Factor(theta ** ((-2 * pair) / rotated), factor, original);
    return Math.abs(value - wanted) <= 1e-4 * wanted;
  });
  if (!isLlama3 || data.length !== rotated / 2) {
    throw new UnsupportedError(`${file.name}: the factors in "${FREQUENCY_FACTORS}" are not Llama 3's.`, {
      subject: FREQUENCY_FACTORS,
      cure: "Use the model's Hugging Face folder.",
    });
  }
  return {
    rope_type: "llama3",
    factor,
    low_freq_factor: LOW,
    high_freq_factor: HIGH,
    original_max_position_embeddings: original,
  };
}

function llama3Factor(frequency: number, factor: number, original: number): number {
  const turns = (original * frequency) / (2 * Math.PI);
  if (turns < LOW) return factor;
  if (turns > HIGH) return 1;
  const smooth = (turns - LOW) / (HIGH - LOW);
  return 1 / ((1 - smooth) / factor + smooth);
}
