import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasShared, needsShared, sharedPath } from "../../../test/support/shared.js";
import { readModelConfig } from "../read-model-config.js";

type Json = Record<string, unknown>;

const folder = sharedPath("fixtures/families");
const families = hasShared ? readdirSync(folder) : ["none"];
const configOf = (family: string): Json => JSON.parse(readFileSync(`${folder}/${family}/config.json`, "utf8"));

/** A config of transformers 5 as transformers 4 spells it. */
function asTransformers4({ rope_parameters: parameters, dtype, ...rest }: Json): Json {
  const spelled = { ...rest, torch_dtype: dtype };
  if (parameters === undefined) return spelled;
  const { full_attention: full, sliding_attention: sliding, ...plain } = parameters as Record<string, Json>;
  const { rope_theta: theta, ...scaling } = full ?? plain;
  const isScaled = scaling.rope_type !== "default";
  return {
    ...spelled,
    rope_theta: theta,
    rope_scaling: isScaled ? scaling : null,
    ...(sliding !== undefined && { rope_local_base_freq: sliding.rope_theta }),
  };
}

const sizes = {
  vocab_size: 160,
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
};

const opt = { model_type: "opt", ...sizes, ffn_dim: 96 };
const gpt2 = { model_type: "gpt2", vocab_size: 160, n_embd: 48, n_head: 6, n_layer: 4 };
const gemma3 = { model_type: "gemma3_text", ...sizes, head_dim: 16, max_position_embeddings: 128, sliding_window: 8 };
const windowOf = (json: Json) => readModelConfig(json).spec.window;

describe("families", () => {
  it.skipIf(!hasShared).each(families)(`%s reads the same in both spellings${needsShared}`, (family) => {
    const config = configOf(family);
    expect(readModelConfig(asTransformers4(config))).toEqual(readModelConfig(config));
  });

  it("mistral: 4,096 positions are seen where the file does not say, all where it says null", () => {
    const mistral = { model_type: "mistral", ...sizes, max_position_embeddings: 32_768 };
    expect(windowOf(mistral)).toBe(4096);
    expect(windowOf({ ...mistral, sliding_window: null })).toBeUndefined();
    expect(windowOf({ ...mistral, sliding_window: 32_768 })).toBeUndefined();
  });

  it("qwen2: layers from max_window_layers on have a window, if use_sliding_window says so", () => {
    const qwen2 = { model_type: "qwen2", ...sizes, sliding_window: 8, max_window_layers: 3 };
    expect(readModelConfig(qwen2).spec.layerAttention).toBeUndefined();
    const { layerAttention } = readModelConfig({ ...qwen2, use_sliding_window: true }).spec;
    expect(layerAttention?.map(({ window }) => window)).toEqual([undefined, undefined, undefined, 8]);
    expect(windowOf({ ...qwen2, use_sliding_window: true, max_window_layers: 0 })).toBe(8);
  });

  it("smollm3: every n-th layer is without RoPE", () => {
    const smollm3 = { model_type: "smollm3", ...sizes, no_rope_layer_interval: 2 };
    const turned = (json: Json) => readModelConfig(json).spec.layerAttention?.map(({ rope }) => rope !== undefined);
    expect(turned(smollm3)).toEqual([true, false, true, false]);
    expect(turned({ ...smollm3, no_rope_layers: [0, 1, 1, 1] })).toEqual([false, true, true, true]);
  });

  it("phi3: a part of each head turns", () => {
    const phi3 = { model_type: "phi3", ...sizes, partial_rotary_factor: 0.75 };
    expect(readModelConfig(phi3).spec.rope).toEqual({ theta: 10_000, rotated: 12 });
  });

  it("gemma3: a text model inside of another, with a pattern in place of layer types", () => {
    const { model_type: type, vocab_size: vocabulary, ...text } = gemma3;
    const scaling = { rope_type: "linear", factor: 8 };
    const outer = {
      model_type: "gemma3",
      architectures: ["Gemma3ForConditionalGeneration"],
      text_config: { ...text, model_type: type, sliding_window_pattern: 2, rope_scaling: scaling },
      eos_token_id: [1, 106],
    };
    const { spec, eosTokenIds } = readModelConfig(outer);
    const sliding = { rope: { theta: 10_000 }, window: 8 };
    const full = { rope: { theta: 1e6, scaling: { type: "linear", factor: 8 } } };
    expect(spec.layerAttention).toEqual([sliding, full, sliding, full]);
    expect(spec).toMatchObject({ vocabularySize: 262_208, tiedHead: true, activation: "gelu_tanh", embeddingScale: 8 });
    expect(spec.attentionScale).toBe(1 / 16);
    expect(eosTokenIds).toEqual([1, 106]);
    expect(vocabulary).toBe(160);
  });

  it("llama: biases where the file says so", () => {
    const llama = { model_type: "llama", ...sizes };
    expect(readModelConfig({ ...llama, attention_bias: true, mlp_bias: false }).spec.biases).toHaveLength(4);
    expect(readModelConfig({ ...llama, attention_bias: true, mlp_bias: true }).spec.biases).toHaveLength(7);
    expect(readModelConfig(llama).spec.biases).toBeUndefined();
  });

  it.each([
    ["do_layer_norm_before", { ...opt, do_layer_norm_before: false }],
    ["word_embed_proj_dim", { ...opt, word_embed_proj_dim: 512 }],
    ["_remove_final_layer_norm", { ...opt, _remove_final_layer_norm: true }],
    ["layer_norm_elementwise_affine", { ...opt, layer_norm_elementwise_affine: false }],
    ["scale_attn_by_inverse_layer_idx", { ...gpt2, scale_attn_by_inverse_layer_idx: true }],
    ["activation_function", { ...gpt2, activation_function: "tanh" }],
    ["add_cross_attention", { ...gpt2, add_cross_attention: true }],
    ["final_logit_softcapping", { ...gemma3, final_logit_softcapping: 30 }],
    ["attn_logit_softcapping", { ...gemma3, attn_logit_softcapping: 50 }],
    ["use_bidirectional_attention", { ...gemma3, use_bidirectional_attention: true }],
    ["hidden_activation", { ...gemma3, hidden_activation: "quick_gelu" }],
    ["layer_types", { ...gemma3, layer_types: ["chunked_attention", ...Array(3).fill("full_attention")] }],
    [
      "rope_parameters.chunked_attention",
      { ...gemma3, rope_parameters: { full_attention: {}, chunked_attention: {} } },
    ],
    [
      "rope_parameters.full_attention.rope_type",
      { ...gemma3, rope_parameters: { full_attention: { rope_type: "ntk", factor: 2 } } },
    ],
    ["text_config", { model_type: "gemma3", text_config: 3 }],
    ["attn_logit_softcapping", { model_type: "gemma3", text_config: { ...gemma3, attn_logit_softcapping: 50 } }],
    ["layer_types", { model_type: "qwen3", ...sizes, layer_types: Array(4).fill("sliding_attention") }],
    ["auto_map", { model_type: "phi3", ...sizes, auto_map: { AutoModel: "modeling_other.Model" } }],
    ["partial_rotary_factor", { model_type: "qwen3", ...sizes, partial_rotary_factor: 0.5 }],
    ["no_rope_layers", { model_type: "smollm3", ...sizes, no_rope_layers: [1, 1, 1, 2] }],
    ["rope_scaling.type", { model_type: "phi3", ...sizes, rope_scaling: { type: "ntk", short_factor: [1] } }],
  ])("refuse what they cannot compute: %s", (field, json) => {
    expect(() => readModelConfig(json)).toThrow(expect.objectContaining({ code: "UNSUPPORTED", subject: field }));
  });

  it.each([
    ["n_head", { ...gpt2, n_head: 5 }],
    ["n_embd", { ...gpt2, n_embd: "48" }],
    ["num_attention_heads", { ...opt, num_attention_heads: 5 }],
    ["no_rope_layers", { model_type: "smollm3", ...sizes, no_rope_layers: [1, 1] }],
    ["sliding_window", { ...gemma3, sliding_window: 0 }],
    ["rope_theta", { model_type: "qwen2", ...sizes, rope_theta: -1 }],
    ["ffn_dim", { model_type: "opt", ...sizes }],
  ])("refuse an impossible value: %s", (field, json) => {
    expect(() => readModelConfig(json)).toThrow(expect.objectContaining({ code: "INVALID_FILE", subject: field }));
  });
});
