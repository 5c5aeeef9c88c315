/**
 * Names of parameters inside the graph and in memory. Base weights carry Hugging Face's Llama names, so that a checkpoint's
 * names need no table; adapter tensors have short names of ours, which the adapter file maps to PEFT's.
 */

/** The seven linear maps of a layer, by their Hugging Face names. */
export const LINEAR_MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;

export type LinearModule = (typeof LINEAR_MODULES)[number];

const inAttention = new Set<LinearModule>(["q_proj", "k_proj", "v_proj", "o_proj"]);

export const parameterNames = {
  /** [vocabulary, hidden] */
  embedding: "model.embed_tokens.weight",
  /** [hidden] */
  finalNorm: "model.norm.weight",
  /** [vocabulary, hidden]; absent when the head is tied. */
  head: "lm_head.weight",
  /** [hidden] */
  attentionNorm: (layer: number): string => `model.layers.${layer}.input_layernorm.weight`,
  /** [hidden] */
  mlpNorm: (layer: number): string => `model.layers.${layer}.post_attention_layernorm.weight`,
  /** [out, in] */
  linear: (layer: number, module: LinearModule): string =>
    `model.layers.${layer}.${inAttention.has(module) ? "self_attn" : "mlp"}.${module}.weight`,
  /** P_j of Eq. 3: [γ, hidden] */
  streamEmbedding: "streams.embedding",
  /** f_η's C: [η, hidden] */
  streamMapDown: "streams.map_a",
  /** f_η's D: [hidden, η] */
  streamMapUp: "streams.map_b",
  /** [rank, in] */
  loraDown: (layer: number, module: LinearModule): string => `layers.${layer}.${module}.lora_A`,
  /** [out, rank] */
  loraUp: (layer: number, module: LinearModule): string => `layers.${layer}.${module}.lora_B`,
} as const;
