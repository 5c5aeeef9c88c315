import { UnsupportedError } from "@anabranch/core";
import { longRopeMagnitude } from "../../config/longrope-scaling.js";
import { ORIGINAL_POSITIONS } from "../../config/scaling-context.js";
import { yarnMagnitude } from "../../config/yarn-scaling.js";
import type { GgufFile } from "../open-gguf.js";
import type { ArchitectureFields } from "./architecture-fields.js";

type Config = Record<string, unknown>;

const FREQUENCY_FACTORS = "rope_freqs.weight";
const LONG_FACTORS = "rope_factors_long.weight";
const SHORT_FACTORS = "rope_factors_short.weight";

/** `rope_theta`, `rope_scaling` and `partial_rotary_factor` as a Hugging Face config has them. */
export async function ropeConfig(fields: ArchitectureFields, file: GgufFile, headSize: number): Promise<Config> {
  const theta = fields.number("rope.freq_base") ?? 10_000;
  const rotated = fields.number("rope.dimension_count") ?? headSize;
  fields.ignore("rope.scaling.finetuned"); // says what was done to the model, not what is to be computed
  return {
    rope_theta: theta,
    rope_scaling: await scalingConfig(fields, file, theta, rotated),
    ...(rotated === headSize ? {} : { partial_rotary_factor: rotated / headSize }),
  };
}

async function scalingConfig(
  fields: ArchitectureFields,
  file: GgufFile,
  theta: number,
  rotated: number,
): Promise<Config | null> {
  if (file.tensors.has(FREQUENCY_FACTORS)) return llama3Scaling(fields, file, theta, rotated);
  if (file.tensors.has(LONG_FACTORS) || file.tensors.has(SHORT_FACTORS)) return longRopeScaling(fields, file);
  // llama.cpp's own default: old files say no more than the factor.
  const type = fields.text("rope.scaling.type") ?? "linear";
  const factor = fields.number("rope.scaling.factor") || null;
  const original = fields.number("rope.scaling.original_context_length") ?? null;
  if (type === "yarn")
    return { rope_type: type, factor, [ORIGINAL_POSITIONS]: original, ...yarnNumbers(fields, factor) };
  fields.harmless("rope.scaling.attn_factor", [1]);
  if (type === "none" || (type === "linear" && factor === null)) return null;
  // The config's reader refuses what is not computed, by the field's name.
  return { rope_type: type, factor };
}

function yarnNumbers(fields: ArchitectureFields, factor: number | null): Config {
  fields.harmless("rope.scaling.yarn_ext_factor", [1]);
  // Converters write down Hugging Face's attention factor; llama.cpp has another one, by which it multiplies YaRN's own.
  const whole = fields.number("rope.scaling.yarn_attn_factor");
  if (whole !== undefined) fields.harmless("rope.scaling.attn_factor", [1]);
  const times = fields.number("rope.scaling.attn_factor") ?? 1;
  return {
    attention_factor: whole ?? (times === 1 ? null : times * yarnMagnitude(factor ?? 1)),
    beta_fast: fields.number("rope.scaling.yarn_beta_fast") ?? null,
    beta_slow: fields.number("rope.scaling.yarn_beta_slow") ?? null,
  };
}

async function longRopeScaling(fields: ArchitectureFields, file: GgufFile): Promise<Config> {
  fields.harmless("rope.scaling.type", ["none", "longrope"]);
  fields.harmless("rope.scaling.factor", [0, 1]);
  const positions = fields.required("context_length");
  const original = fields.number("rope.scaling.original_context_length") ?? positions;
  const attention = fields.number("rope.scaling.attn_factor");
  const suggested = longRopeMagnitude(positions / original, original);
  // A float32 here: where it says no more than the positions do, these say it exactly.
  const isSuggested = attention === undefined || Math.fround(attention) === Math.fround(suggested);
  return {
    rope_type: "longrope",
    short_factor: [...(await file.readFloats(SHORT_FACTORS)).data],
    long_factor: [...(await file.readFloats(LONG_FACTORS)).data],
    attention_factor: isSuggested ? null : attention,
    [ORIGINAL_POSITIONS]: original,
  };
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
): Promise<Config> {
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
    [ORIGINAL_POSITIONS]: original,
  };
}

function llama3Factor(frequency: number, factor: number, original: number): number {
  const turns = (original * frequency) / (2 * Math.PI);
  if (turns < LOW) return factor;
  if (turns > HIGH) return 1;
  const smooth = (turns - LOW) / (HIGH - LOW);
  return 1 / ((1 - smooth) / factor + smooth);
}
