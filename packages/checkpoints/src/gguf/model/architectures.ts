import type { GgufFile } from "../open-gguf.js";
import type { ArchitectureFields } from "./architecture-fields.js";
import { ropeConfig } from "./rope-config.js";
import { type ArchitectureNames, gemma3Names, gpt2Names, llamaNames, phi3Names } from "./tensor-names.js";

type Config = Record<string, unknown>;

/** How a `general.architecture` of llama.cpp becomes a Hugging Face config and names. */
export interface Architecture {
  readonly names: ArchitectureNames;
  /** True where llama.cpp turns neighbouring features, so that query and key rows are stored in another order. */
  readonly ropePairs: boolean;
  readonly config: (fields: ArchitectureFields, file: GgufFile) => Promise<Config>;
}

export const architectures: Readonly<Record<string, Architecture>> = {
  llama: { names: llamaNames, ropePairs: true, config: llama },
  qwen2: { names: llamaNames, ropePairs: false, config: (...of) => rmsDecoder("qwen2", ...of) },
  qwen3: { names: llamaNames, ropePairs: false, config: (...of) => rmsDecoder("qwen3", ...of) },
  phi3: { names: phi3Names, ropePairs: false, config: phi3 },
  smollm3: { names: llamaNames, ropePairs: true, config: smollm3 },
  gemma3: { names: gemma3Names, ropePairs: false, config: gemma3 },
  gpt2: { names: gpt2Names, ropePairs: false, config: gpt2 },
};

/** What all but GPT-2 have. */
async function rmsDecoder(modelType: string, fields: ArchitectureFields, file: GgufFile): Promise<Config> {
  const hidden = fields.required("embedding_length");
  const heads = fields.required("attention.head_count");
  const headSize = fields.number("attention.key_length") ?? hidden / heads;
  fields.harmless("attention.value_length", [headSize]);
  return {
    model_type: modelType,
    hidden_size: hidden,
    intermediate_size: fields.required("feed_forward_length"),
    num_hidden_layers: fields.required("block_count"),
    num_attention_heads: heads,
    num_key_value_heads: fields.number("attention.head_count_kv") ?? heads,
    head_dim: headSize,
    rms_norm_eps: fields.required("attention.layer_norm_rms_epsilon"),
    max_position_embeddings: fields.required("context_length"),
    ...(await ropeConfig(fields, file, headSize)),
  };
}

/** Mistral's files say llama as well. */
async function llama(fields: ArchitectureFields, file: GgufFile): Promise<Config> {
  const window = fields.number("attention.sliding_window");
  const biased = (tensor: string) => file.tensors.has(`blk.0.${tensor}.bias`);
  const config = await rmsDecoder(window ? "mistral" : "llama", fields, file);
  if (window) return { ...config, sliding_window: window };
  return { ...config, attention_bias: biased("attn_q"), mlp_bias: biased("ffn_up") };
}

async function phi3(fields: ArchitectureFields, file: GgufFile): Promise<Config> {
  const config = await rmsDecoder("phi3", fields, file);
  return { ...config, sliding_window: fields.number("attention.sliding_window") || null };
}

/** Every fourth layer is without RoPE, in llama.cpp by the architecture's name alone. */
async function smollm3(fields: ArchitectureFields, file: GgufFile): Promise<Config> {
  const config = await rmsDecoder("smollm3", fields, file);
  const layers = config.num_hidden_layers as number;
  return { ...config, no_rope_layers: perLayer(layers, (layer) => ((layer + 1) % 4 === 0 ? 0 : 1)) };
}

/** What the file does not say is as llama.cpp has it for all models of this name. */
async function gemma3(fields: ArchitectureFields, file: GgufFile): Promise<Config> {
  const config = await rmsDecoder("gemma3_text", fields, file);
  const layers = config.num_hidden_layers as number;
  const listed = fields.switches("attention.sliding_window_pattern");
  const period = listed === undefined ? (fields.number("attention.sliding_window_pattern") ?? 6) : 0;
  const slides = (layer: number) => listed?.[layer] ?? (layer + 1) % period !== 0;
  const heads = config.num_attention_heads as number;
  // Only the 27B model, which has 62 layers, scales its scores by something other than its head size.
  const scaledBy = layers === 62 ? (config.hidden_size as number) / heads : config.head_dim;
  return {
    ...config,
    hidden_activation: "gelu_pytorch_tanh",
    sliding_window: fields.required("attention.sliding_window"),
    layer_types: perLayer(layers, (layer) => (slides(layer) ? "sliding_attention" : "full_attention")),
    rope_local_base_freq: fields.number("rope.freq_base_swa") ?? 10_000,
    query_pre_attn_scalar: scaledBy,
    final_logit_softcapping: fields.number("final_logit_softcapping") ?? null,
    attn_logit_softcapping: fields.number("attn_logit_softcapping") ?? null,
  };
}

async function gpt2(fields: ArchitectureFields): Promise<Config> {
  return {
    model_type: "gpt2",
    n_embd: fields.required("embedding_length"),
    n_layer: fields.required("block_count"),
    n_head: fields.required("attention.head_count"),
    n_inner: fields.required("feed_forward_length"),
    n_positions: fields.required("context_length"),
    layer_norm_epsilon: fields.required("attention.layer_norm_epsilon"),
    activation_function: "gelu_new",
  };
}

/** [layers]. The number of layers is held against the tensors later; this bounds what a corrupt one can allocate. */
function perLayer<T>(layers: number, of: (layer: number) => T): T[] {
  return Array.from({ length: Math.min(layers, 4096) }, (_, layer) => of(layer));
}
