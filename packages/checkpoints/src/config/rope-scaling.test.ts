import { attentionOf, ropeFrequencies, ropeScale } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { readModelConfig } from "./read-model-config.js";

type Json = Record<string, unknown>;

/** Qwen 2.5 7B's, with what its model card says to add for long texts. */
const qwen = {
  model_type: "qwen2",
  vocab_size: 152_064,
  hidden_size: 3584,
  intermediate_size: 18_944,
  num_hidden_layers: 2,
  num_attention_heads: 28,
  num_key_value_heads: 4,
  max_position_embeddings: 32_768,
  sliding_window: 131_072,
  max_window_layers: 28,
};
const yarn = { factor: 4.0, original_max_position_embeddings: 32_768 };

const pairs = Array.from({ length: 48 }, (_, pair) => pair);
const longrope = {
  short_factor: pairs.map((pair) => 1 + 0.01 * pair),
  long_factor: pairs.map((pair) => 1 + 0.5 * pair),
};

/** Of Phi 3.5 mini's shape. */
const phi = {
  model_type: "phi3",
  vocab_size: 32_064,
  hidden_size: 3072,
  intermediate_size: 8192,
  num_hidden_layers: 2,
  num_attention_heads: 32,
  max_position_embeddings: 131_072,
  original_max_position_embeddings: 4096,
  sliding_window: 262_144,
};

function read(json: Json) {
  const { spec, warnings } = readModelConfig(json);
  const { rope } = attentionOf(spec, 0);
  if (rope === undefined) throw new Error("no rope");
  return { spec, warnings, rope, frequencies: ropeFrequencies(rope, spec.headSize), scale: ropeScale(rope) };
}

// Golden numbers: transformers 5.0.0's own functions in double precision.
describe("YaRN", () => {
  const four = { ...qwen, rope_theta: 1e6, rope_scaling: { ...yarn, type: "yarn" } };
  const five = { ...qwen, rope_parameters: { ...yarn, rope_type: "yarn", rope_theta: 1e6 } };

  it.each([
    ["4", four],
    ["5", five],
  ])("is read as transformers %s spells it, and computed as it computes", (_, json) => {
    const { spec, frequencies, scale, warnings } = read(json);
    expect(frequencies).toHaveLength(64);
    expect(frequencies[23]).toBeCloseTo(0.006978305848598663, 14);
    expect((frequencies[30] as number) / 0.0010643609812470017).toBeCloseTo(1, 12);
    expect((frequencies[63] as number) / 3.102344401879299e-7).toBeCloseTo(1, 12);
    expect(scale).toBeCloseTo(1.138629436111989, 12);
    expect(spec.maxPositions).toBe(131_072);
    expect(warnings).toBeUndefined();
  });

  const scaled = (scaling: Json, more: Json = {}) =>
    read({ ...qwen, ...more, rope_theta: 1e6, rope_scaling: { rope_type: "yarn", ...yarn, ...scaling } });

  it("takes its numbers where the file gives them", () => {
    expect(scaled({ attention_factor: 1.5, mscale: 1, mscale_all_dim: 0.75 }).scale).toBe(1.5);
    expect(scaled({ factor: 40, mscale: 1, mscale_all_dim: 0.75 }).scale).toBeCloseTo(1.0722365828731393, 12);
    expect(scaled({ factor: 40, mscale: 1 }).scale).toBe(0.1 * Math.log(40) + 1);
    expect(scaled({ factor: 0.5 }).scale).toBe(1);
    const chosen = scaled({ factor: 40, beta_fast: 16, beta_slow: 2, truncate: false }).frequencies;
    expect((chosen[36] as number) / 2.9317976612430632e-5).toBeCloseTo(1, 12);
  });

  it("takes the factor from the positions where the file has none, and keeps more positions that it declares", () => {
    const long = { max_position_embeddings: 262_144 };
    const { factor: _, ...original } = yarn;
    expect(scaled({ ...original, factor: null }, long).rope.scaling).toMatchObject({ factor: 8 });
    expect(scaled({}, long).spec.maxPositions).toBe(262_144);
  });

  it("keeps a window that only the longer texts reach the end of", () => {
    const windowed = { use_sliding_window: true, sliding_window: 65_536, max_window_layers: 0 };
    expect(scaled({}, windowed).spec.window).toBe(65_536);
    expect(read({ ...qwen, ...windowed }).spec.window).toBeUndefined();
  });

  it("is for gemma3's full layers alone", () => {
    const { sliding_window: _, max_window_layers: __, ...sizes } = qwen;
    const full_attention = { rope_type: "yarn", rope_theta: 1e6, ...yarn };
    const gemma3 = {
      ...{ ...sizes, model_type: "gemma3_text", head_dim: 128, sliding_window: 512 },
      rope_parameters: { full_attention, sliding_attention: { rope_theta: 1e4 } },
      layer_types: ["sliding_attention", "full_attention"],
    };
    const { spec } = readModelConfig(gemma3);
    const scalings = spec.layerAttention?.map(({ rope }) => rope?.scaling?.type);
    expect(scalings).toEqual([undefined, "yarn"]);
    expect(spec.maxPositions).toBe(131_072);
  });
});

describe("LongRoPE", () => {
  const plain = { rope_theta: 1e4 };

  it.each<[string, Json]>([
    ["transformers 4 spells it", { ...phi, ...plain, rope_scaling: { type: "longrope", ...longrope } }],
    ["Microsoft's first files spell it", { ...phi, ...plain, rope_scaling: { type: "su", ...longrope } }],
    [
      "transformers 5 spells it",
      {
        ...phi,
        rope_parameters: { ...longrope, ...plain, rope_type: "longrope", original_max_position_embeddings: 4096 },
      },
    ],
    [
      "transformers 5 saves what 4 wrote",
      { ...phi, rope_parameters: { ...longrope, ...plain, rope_type: "longrope", type: "su" } },
    ],
  ])("is read as %s: short factors, and a context that they hold for", (_, json) => {
    const { spec, frequencies, scale, warnings } = read(json);
    expect(frequencies).toHaveLength(48);
    expect((frequencies[47] as number) / 8.24168459216966e-5).toBeCloseTo(1, 7);
    expect((frequencies[20] as number) / 0.01795362170351953).toBeCloseTo(1, 7);
    expect(scale).toBeCloseTo(1.1902380714238083, 12);
    expect(spec.maxPositions).toBe(4096);
    expect(spec.window).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/short_factor.*4096 positions.*not at 131072/)]);
  });

  it("turns a part of each head, as Phi 4 mini does", () => {
    const code = { AutoModelForCausalLM: "modeling_phi3.Phi3ForCausalLM", AutoTokenizer: "Xenova/gpt-4o" };
    const part = { num_attention_heads: 24, num_key_value_heads: 8, partial_rotary_factor: 0.75, auto_map: code };
    const { rope, frequencies } = read({ ...phi, ...part, ...plain, rope_scaling: { type: "longrope", ...longrope } });
    expect(rope.rotated).toBe(96);
    expect(frequencies).toHaveLength(48);
  });

  it("warns of nothing where the context is the original one", () => {
    const short = { max_position_embeddings: 4096, rope_scaling: { type: "longrope", ...longrope } };
    const { warnings, scale, spec } = read({ ...phi, ...short });
    expect({ warnings, scale, positions: spec.maxPositions }).toEqual({ scale: 1, positions: 4096 });
  });

  it("takes the attention factor, or the factor, that the file gives", () => {
    const scaled = (more: Json) => read({ ...phi, rope_scaling: { type: "longrope", ...longrope, ...more } }).scale;
    expect(scaled({ attention_factor: 1.25 })).toBe(1.25);
    expect(scaled({ factor: 4 })).toBe(Math.sqrt(1 + Math.log(4) / Math.log(4096)));
  });
});

describe("dynamic RoPE", () => {
  it("is plain RoPE within the context, and says that the context ends there", () => {
    const { sliding_window: _, ...sizes } = qwen;
    const { rope, spec, warnings } = read({ ...sizes, rope_scaling: { type: "dynamic", factor: 2 } });
    expect(rope).toEqual({ theta: 10_000 });
    expect(spec.maxPositions).toBe(32_768);
    expect(warnings).toEqual([expect.stringMatching(/rope_scaling\.type.*dynamic.*32768 positions/)]);
  });
});
