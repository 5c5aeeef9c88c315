import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelSpecs } from "../../test/support/arbitrary-model.js";
import { readModelConfig } from "./read-model-config.js";
import { writeModelConfig } from "./write-model-config.js";

const minimal = {
  model_type: "llama",
  vocab_size: 160,
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 4,
  num_attention_heads: 4,
};

const four = { ...minimal, rope_theta: 5e5, rope_scaling: null, torch_dtype: "bfloat16" };
const five = { ...minimal, rope_parameters: { rope_theta: 5e5, rope_type: "default" }, dtype: "bfloat16" };

describe("readModelConfig", () => {
  it("reads what it wrote", () => {
    const tokens = fc.record(
      {
        eosTokenIds: fc.array(fc.nat()),
        bosTokenId: fc.nat(),
        padTokenId: fc.nat(),
      },
      { requiredKeys: ["eosTokenIds"] },
    );
    fc.assert(
      fc.property(modelSpecs, tokens, (spec, given) => {
        const json = JSON.parse(JSON.stringify(writeModelConfig(spec, given)));
        expect(readModelConfig(json)).toEqual({ spec, ...given });
      }),
    );
  });

  it("takes Hugging Face's defaults for what is absent", () => {
    const { spec, eosTokenIds } = readModelConfig(minimal);
    expect(spec).toMatchObject({
      kvHeads: 4,
      headSize: 16,
      normEpsilon: 1e-6,
      rope: { theta: 10_000 },
      tiedHead: false,
    });
    expect(spec.maxPositions).toBe(2048);
    expect(eosTokenIds).toEqual([]);
  });

  it("reads the spelling of transformers 4 and of 5 alike", () => {
    expect(readModelConfig(four)).toEqual(readModelConfig(five));
    expect(readModelConfig(four).spec.rope?.theta).toBe(5e5);
  });

  it("takes one or several end tokens", () => {
    expect(readModelConfig({ ...minimal, eos_token_id: 2 }).eosTokenIds).toEqual([2]);
    expect(readModelConfig({ ...minimal, eos_token_id: [2, 3] }).eosTokenIds).toEqual([2, 3]);
  });

  it.each([
    ["model_type", { model_type: "mamba" }],
    ["model_type", { model_type: undefined }],
    ["architectures", { architectures: ["LlamaForSequenceClassification"] }],
    ["architectures", { architectures: ["MistralForCausalLM"] }],
    ["hidden_act", { hidden_act: "quick_gelu" }],
    ["attn_logit_softcapping", { attn_logit_softcapping: 50 }],
    ["final_logit_softcapping", { final_logit_softcapping: 30 }],
    ["pretraining_tp", { pretraining_tp: 2 }],
    ["sliding_window", { sliding_window: 8 }],
    ["layer_types", { layer_types: ["full_attention", "sliding_attention"] }],
    ["quantization_config", { quantization_config: { quant_method: "gptq" } }],
    ["auto_map", { auto_map: { AutoModel: "modeling_x.X" } }],
    ["rope_scaling.rope_type", { rope_scaling: { rope_type: "proportional", factor: 8 } }],
    ["rope_scaling.type", { rope_scaling: { type: "su", factor: 2 } }],
    ["rope_scaling.type", { rope_scaling: { type: "linear", rope_type: "llama3", factor: 2 } }],
    ["rope_scaling.beta_fast", { rope_scaling: { type: "linear", factor: 2, beta_fast: 32 } }],
    ["rope_scaling.alpha", { rope_scaling: { type: "dynamic", factor: 2, alpha: 1000 } }],
    ["rope_scaling.attn_factor", { rope_scaling: { type: "yarn", factor: 2, attn_factor: 1 } }],
    ["rope_scaling.short_mscale", { rope_scaling: { type: "longrope", short_factor: [], short_mscale: 1 } }],
    ["rope_parameters.rope_type", { rope_parameters: { rope_type: "ntk", rope_theta: 1e4, factor: 4 } }],
    ["rope_parameters.factor", { rope_parameters: { rope_theta: 1e4, factor: 4 } }],
    ["rope_parameters.partial_rotary_factor", { rope_parameters: { rope_theta: 1e4, partial_rotary_factor: 0.5 } }],
    ["rope_parameters.full_attention", { rope_parameters: { full_attention: { rope_theta: 1e4 } } }],
  ])("refuses what it cannot compute: %s", (field, change) => {
    expect(() => readModelConfig({ ...minimal, ...change }, "a/config.json")).toThrow(
      expect.objectContaining({
        code: "UNSUPPORTED",
        subject: field,
        message: expect.stringContaining("a/config.json"),
      }),
    );
  });

  it.each([
    ["vocab_size", { vocab_size: undefined }],
    ["hidden_size", { hidden_size: 0 }],
    ["num_hidden_layers", { num_hidden_layers: 1e15 }],
    ["num_hidden_layers", { num_hidden_layers: "4" }],
    ["num_key_value_heads", { num_key_value_heads: 3 }],
    ["num_attention_heads", { num_attention_heads: 3, num_key_value_heads: 3 }],
    ["head_dim", { head_dim: 7 }],
    ["rms_norm_eps", { rms_norm_eps: -1 }],
    ["rope_scaling.low_freq_factor", { rope_scaling: { rope_type: "llama3", factor: 8 } }],
    ["rope_scaling.factor", { rope_scaling: { rope_type: "linear", factor: 0 } }],
    ["rope_scaling.factor", { rope_scaling: { rope_type: "dynamic" } }],
    ["rope_scaling.factor", { rope_scaling: { rope_type: "yarn", factor: 1e9 } }],
    ["rope_scaling.rope_theta", { rope_theta: 1, rope_scaling: { rope_type: "yarn", factor: 4 } }],
    ["rope_scaling.short_factor", { rope_scaling: { rope_type: "longrope", long_factor: [] } }],
    ["rope_scaling.short_factor", { rope_scaling: { rope_type: "longrope", short_factor: [1, 1] } }],
    [
      "rope_scaling.original_max_position_embeddings",
      {
        original_max_position_embeddings: 1024,
        rope_scaling: { rope_type: "yarn", factor: 2, original_max_position_embeddings: 2048 },
      },
    ],
    ["rope_theta", { rope_theta: 0 }],
    ["rope_parameters.rope_theta", { rope_theta: 1e4, rope_parameters: { rope_theta: 2e4 } }],
    ["tie_word_embeddings", { tie_word_embeddings: "yes" }],
    ["eos_token_id", { eos_token_id: -5 }],
  ])("refuses an impossible value: %s", (field, change) => {
    expect(() => readModelConfig({ ...minimal, ...change }, "a/config.json")).toThrow(
      expect.objectContaining({ code: "INVALID_FILE", subject: field }),
    );
  });
});
