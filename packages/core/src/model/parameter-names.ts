/**
 * Names of parameters inside the graph and in memory. Base weights carry Hugging Face's Llama names, so that a checkpoint's
 * names need no table; what other families call otherwise is renamed as it is loaded. Adapter tensors have short names of
 * ours, which the adapter file maps to PEFT's.
 */

/** The seven linear maps of a layer, by their Hugging Face names. A plain MLP has no gate_proj. */
export const LINEAR_MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;

export type LinearModule = (typeof LINEAR_MODULES)[number];

const inAttention = new Set<LinearModule>(["q_proj", "k_proj", "v_proj", "o_proj"]);

const moduleName = (layer: number, module: LinearModule): string =>
  `model.layers.${layer}.${inAttention.has(module) ? "self_attn" : "mlp"}.${module}`;

export const parameterNames = {
  /** [vocabulary, hidden] */
  embedding: "model.embed_tokens.weight",
  /** [maxPositions, hidden] */
  positions: "model.embed_positions.weight",
  /** [hidden] */
  finalNorm: "model.norm.weight",
  /** [vocabulary, hidden]; absent when the head is tied. */
  head: "lm_head.weight",
  /** [hidden] */
  attentionNorm: (layer: number): string => `model.layers.${layer}.input_layernorm.weight`,
  /** [hidden] */
  mlpNorm: (layer: number): string => `model.layers.${layer}.post_attention_layernorm.weight`,
  /** Of what attention puts out, [hidden]. The name is ours: Gemma's own is what Llama calls the norm before the MLP. */
  attentionOutputNorm: (layer: number): string => `model.layers.${layer}.attention_output_layernorm.weight`,
  /** Of what the MLP puts out, [hidden]. */
  mlpOutputNorm: (layer: number): string => `model.layers.${layer}.mlp_output_layernorm.weight`,
  /** [headSize] */
  queryNorm: (layer: number): string => `model.layers.${layer}.self_attn.q_norm.weight`,
  /** [headSize] */
  keyNorm: (layer: number): string => `model.layers.${layer}.self_attn.k_norm.weight`,
  /** [out, in] */
  linear: (layer: number, module: LinearModule): string => `${moduleName(layer, module)}.weight`,
  /** [out] */
  bias: (layer: number, module: LinearModule): string => `${moduleName(layer, module)}.bias`,
  /** The bias of a layer norm, given its weight's name: the same shape. */
  normBias: (weight: string): string => weight.replace(/\.weight$/, ".bias"),
  /** P_j of Eq. 3: [γ, hidden]. With value rotation no adapter has it, and graphs take zeros for it. */
  streamEmbedding: "streams.embedding",
  /** f_η's C: [η, hidden] */
  streamMapDown: "streams.map_a",
  /** f_η's D: [hidden, η] */
  streamMapUp: "streams.map_b",
  /** o_θ's C: [r, hidden] */
  pruneDown: "streams.prune_a",
  /** o_θ's D: [hidden, r] */
  pruneUp: "streams.prune_b",
  /** The Markov head's A: [r, hidden] */
  markovDown: "streams.markov_a",
  /** The Markov head's R, of an rnn: [r, r] */
  markovRecurrent: "streams.markov_r",
  /** The Markov head's B_j, j = 1..γ: [hidden, r] */
  markovUp: (stream: number): string => `streams.markov_b.${stream}`,
  /** The LM head's rows for the adapter's draft vocabulary: [draft tokens, hidden]. Made from the base, never stored. */
  draftHead: "draft_head",
  /** [rank, in] */
  loraDown: (layer: number, module: LinearModule): string => `layers.${layer}.${module}.lora_A`,
  /** [out, rank] */
  loraUp: (layer: number, module: LinearModule): string => `layers.${layer}.${module}.lora_B`,
} as const;
