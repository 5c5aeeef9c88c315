import { UnsupportedError } from "@anabranch/core";

/** Fields that change the arithmetic, with the values under which they change nothing of what we compute. */
const harmless: Readonly<Record<string, (value: unknown) => boolean>> = {
  attention_bias: isOff,
  mlp_bias: isOff,
  hidden_act: (value) => value === "silu" || value === "swish",
  pretraining_tp: (value) => value === 1,
  sliding_window: isOff,
  use_sliding_window: isOff,
  layer_types: (value) => Array.isArray(value) && value.every((type) => type === "full_attention"),
  no_rope_layers: isEmpty,
  partial_rotary_factor: (value) => value === 1,
  rope_interleaved: isOff,
  attn_logit_softcapping: isOff,
  final_logit_softcapping: isOff,
  query_pre_attn_scalar: isOff,
  embedding_multiplier: (value) => value === 1,
  residual_multiplier: (value) => value === 1,
  attention_multiplier: isOff,
  logits_scaling: (value) => value === 1,
  use_qk_norm: isOff,
  qk_norm: isOff,
  qk_layernorm: isOff,
  clip_qkv: isOff,
  num_experts: isOff,
  num_local_experts: isOff,
  is_encoder_decoder: isOff,
  add_cross_attention: isOff,
  pruned_heads: isEmpty,
  auto_map: isEmpty,
  quantization_config: isOff,
  architectures: (value) => Array.isArray(value) && value.every((name) => name === "LlamaForCausalLM"),
};

function isOff(value: unknown): boolean {
  return value === false || value === 0;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** @throws UnsupportedError naming the first field whose value this library does not compute. */
export function refuseUnsupportedFields(json: Readonly<Record<string, unknown>>, file: string): void {
  if (json.model_type !== "llama") throw unsupportedField("model_type", json.model_type, file);
  for (const [field, isHarmless] of Object.entries(harmless)) {
    const value = json[field];
    if (value !== undefined && value !== null && !isHarmless(value)) throw unsupportedField(field, value, file);
  }
}

export function unsupportedField(field: string, value: unknown, file: string): UnsupportedError {
  const shown = JSON.stringify(value)?.slice(0, 80) ?? "nothing";
  return new UnsupportedError(`${file}: "${field}" is ${shown}, which Anabranch does not compute yet.`, {
    subject: field,
    cure: "Use a plain model of the Llama family (LlamaForCausalLM).",
  });
}
