import type { ModelSpec } from "@anabranch/core";
import type { ModelConfig } from "./model-config.js";
import { requirePlainLlama } from "./plain-llama.js";

/**
 * A config.json that Hugging Face transformers reads as the same model. Spelled as transformers 4 does, which 5 reads too.
 *
 * @returns the JSON object
 * @throws UnsupportedError for a model of another family than plain Llama
 */
export function writeModelConfig(
  spec: ModelSpec,
  tokens: Omit<ModelConfig, "spec"> = { eosTokenIds: [] },
): Record<string, unknown> {
  const { theta } = requirePlainLlama(spec);
  const eos = tokens.eosTokenIds;
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: spec.vocabularySize,
    hidden_size: spec.hiddenSize,
    intermediate_size: spec.mlpSize,
    num_hidden_layers: spec.layers,
    num_attention_heads: spec.heads,
    num_key_value_heads: spec.kvHeads,
    head_dim: spec.headSize,
    hidden_act: "silu",
    max_position_embeddings: spec.maxPositions,
    rms_norm_eps: spec.normEpsilon,
    rope_theta: theta,
    rope_scaling: null,
    attention_bias: false,
    mlp_bias: false,
    tie_word_embeddings: spec.tiedHead,
    bos_token_id: tokens.bosTokenId ?? null,
    eos_token_id: eos.length === 1 ? eos[0] : eos.length === 0 ? null : eos,
    pad_token_id: tokens.padTokenId ?? null,
    torch_dtype: "float32",
  };
}
