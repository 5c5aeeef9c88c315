import { UnsupportedError } from "@anabranch/core";

type Json = Readonly<Record<string, unknown>>;

/**
 * Fields that change the arithmetic of some model, with the values under which they change nothing of what is computed here.
 * A family reads some of them itself.
 */
const harmless: Readonly<Record<string, (value: unknown) => boolean>> = {
  attention_bias: isOff,
  mlp_bias: isOff,
  qkv_bias: isOff,
  hidden_act: isSilu,
  hidden_activation: isSilu,
  pretraining_tp: isOne,
  sliding_window: isOff,
  use_sliding_window: isOff,
  attention_chunk_size: isOff,
  layer_types: (value) => Array.isArray(value) && value.every((type) => type === "full_attention"),
  no_rope_layers: isEmpty,
  partial_rotary_factor: isOne,
  rope_interleaved: isOff,
  alibi: isOff,
  attn_logit_softcapping: isOff,
  final_logit_softcapping: isOff,
  query_pre_attn_scalar: isOff,
  embedding_multiplier: isOne,
  residual_multiplier: isOne,
  attention_multiplier: isOff,
  logits_scaling: isOne,
  logit_scale: isOne,
  use_parallel_residual: isOff,
  parallel_attn: isOff,
  use_bidirectional_attention: isOff,
  use_qk_norm: isOff,
  qk_norm: isOff,
  qk_layernorm: isOff,
  clip_qkv: isOff,
  num_experts: isOff,
  num_local_experts: isOff,
  n_routed_experts: isOff,
  kv_lora_rank: isOff,
  use_mrope: isOff,
  is_encoder_decoder: isOff,
  add_cross_attention: isOff,
  pruned_heads: isEmpty,
  auto_map: isEmpty,
  quantization_config: isOff,
};

function isOff(value: unknown): boolean {
  return value === false || value === 0;
}

function isOne(value: unknown): boolean {
  return value === 1;
}

function isSilu(value: unknown): boolean {
  return value === "silu" || value === "swish";
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/**
 * @param understood fields that the family's reader deals with itself
 * @throws UnsupportedError naming the first field whose value this library does not compute
 */
export function refuseUnsupportedFields(json: Json, understood: readonly string[], file: string): void {
  for (const [field, isHarmless] of Object.entries(harmless)) {
    const value = json[field];
    if (value === undefined || value === null || understood.includes(field)) continue;
    if (!isHarmless(value)) throw unsupportedField(field, value, file);
  }
}

/** @throws UnsupportedError for a head of another kind (a classifier, say), or another model behind the same name */
export function refuseOtherArchitectures(json: Json, known: readonly string[], file: string): void {
  const { architectures: named } = json;
  if (named === undefined || named === null) return;
  if (Array.isArray(named) && named.every((name) => known.includes(name))) return;
  throw unsupportedField("architectures", named, file);
}

export function unsupportedField(field: string, value: unknown, file: string, cure?: string): UnsupportedError {
  const shown = JSON.stringify(value)?.slice(0, 80) ?? "nothing";
  return new UnsupportedError(`${file}: "${field}" is ${shown}, which Anabranch does not compute.`, {
    subject: field,
    cure: cure ?? "Use another model, or another version of this one.",
  });
}
