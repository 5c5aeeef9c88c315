import { AnabranchError, baseParameterShapes, type Float32Tensor } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import {
  encodeGguf,
  fingerprint,
  type GgufValue,
  type GgufValueType,
  loadModel,
  openGguf,
  readModelConfig,
} from "../src/index.js";
import { floats } from "./support/arbitrary-model.js";
import { foreignSafetensors } from "./support/foreign-safetensors.js";
import { rejection } from "./support/rejection.js";
import { tinyLlama } from "./support/tiny-llama.js";
import { toGguf } from "./support/to-gguf.js";

type Config = Record<string, unknown>;

const { config: llama } = tinyLlama();
const phi = {
  ...{ ...llama, model_type: "phi3", architectures: ["Phi3ForCausalLM"] },
  ...{ max_position_embeddings: 128, original_max_position_embeddings: 32, partial_rotary_factor: 0.75, head_dim: 16 },
};
const yarn = { rope_type: "yarn", rope_theta: 1e4, factor: 4, original_max_position_embeddings: 128 };
const longrope = {
  ...{ rope_type: "longrope", rope_theta: 1e4, partial_rotary_factor: 0.75, original_max_position_embeddings: 32 },
  short_factor: [1, 1.1, 1.2000000476837158, 1.3, 1.4, 1.5],
  long_factor: [1, 2, 3, 4, 5, 6],
};

/** Phi's tensors as its files have them: projections fused. */
function storedTensors(config: Config): Map<string, Float32Tensor> {
  const { spec } = readModelConfig(config);
  const tensors = new Map<string, Float32Tensor>();
  const add = (name: string, shape: readonly number[]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    tensors.set(name, { format: "f32", shape, data: floats(count, "finite", tensors.size) });
  };
  const width = spec.headSize * (spec.heads + 2 * spec.kvHeads);
  for (const [name, shape] of baseParameterShapes(spec)) {
    if (config.model_type !== "phi3") add(name, shape);
    else if (name.includes("q_proj")) add(name.replace("q_proj", "qkv_proj"), [width, spec.hiddenSize]);
    else if (name.includes("gate_proj"))
      add(name.replace("gate_proj", "gate_up_proj"), [2 * spec.mlpSize, spec.hiddenSize]);
    else if (!/[kv]_proj|up_proj/.test(name)) add(name, shape);
  }
  return tensors;
}

describe("a model with scaled RoPE as GGUF is the model of its folder", () => {
  it.each<[string, Config]>([
    ["YaRN", { ...llama, rope_parameters: yarn }],
    ["YaRN with numbers of its own", { ...llama, rope_parameters: { ...yarn, attention_factor: 1.25, beta_fast: 16 } }],
    ["LongRoPE", { ...phi, rope_parameters: longrope }],
  ])("%s", async (_, config) => {
    const tensors = storedTensors(config);
    const folder = new Map([
      ["config.json", new TextEncoder().encode(JSON.stringify(config))],
      ["model.safetensors", foreignSafetensors(tensors)],
    ]);
    const [expected, found] = [
      await loadModel(folder),
      await loadModel(new Map([["m.gguf", toGguf(config, tensors)]])),
    ];
    expect(found.config.spec).toEqual(expected.config.spec);
    expect(await fingerprint(found.weights)).toBe(await fingerprint(expected.weights));
    for (const { warnings } of [found, expected]) expect(warnings).toHaveLength(config.model_type === "phi3" ? 1 : 0);
  });
});

describe("RoPE's keys in GGUF", () => {
  /** The tiny model's file with other keys, and other small tensors. */
  async function changed(
    config: Config,
    keys: Record<string, readonly [GgufValueType, GgufValue]>,
    without: string[] = [],
  ) {
    const file = await openGguf(toGguf(config, storedTensors(config)));
    const metadata = new Map(file.metadata);
    const metadataTypes = new Map(file.metadataTypes);
    for (const [key, [type, value]] of Object.entries(keys)) {
      metadata.set(key, value);
      metadataTypes.set(key, type);
    }
    const kept = [...file.tensors.values()].filter(({ name }) => !without.includes(name));
    const tensors = [];
    for (const { name, type, shape } of kept) tensors.push({ name, type, shape, bytes: await file.readBytes(name) });
    return new Map([["m.gguf", encodeGguf({ metadata, metadataTypes }, tensors)]]);
  }
  const scalingOf = async (files: Map<string, Uint8Array>) => (await loadModel(files)).config.spec.rope?.scaling;
  const yarnConfig = { ...llama, rope_parameters: yarn };
  const f32 = (value: number) => ["f32", value] as const;

  it("multiply YaRN's own factor by attn_factor, as llama.cpp does", async () => {
    const files = await changed(yarnConfig, { "llama.rope.scaling.attn_factor": f32(0.5) });
    expect(await scalingOf(files)).toMatchObject({ type: "yarn", attentionFactor: 0.5 * (0.1 * Math.log(4) + 1) });
  });

  it("are linear where they name no type", async () => {
    expect(await scalingOf(await changed(llama, { "llama.rope.scaling.factor": f32(2) }))).toEqual({
      type: "linear",
      factor: 2,
    });
    const none = { "llama.rope.scaling.factor": f32(2), "llama.rope.scaling.type": ["string", "none"] as const };
    expect(await scalingOf(await changed(llama, none))).toBeUndefined();
  });

  it.each<[string, string, Config, Record<string, readonly [GgufValueType, GgufValue]>, string[]?]>([
    [
      "UNSUPPORTED",
      "llama.rope.scaling.yarn_ext_factor",
      yarnConfig,
      { "llama.rope.scaling.yarn_ext_factor": f32(0.5) },
    ],
    [
      "UNSUPPORTED",
      "llama.rope.scaling.yarn_log_multiplier",
      yarnConfig,
      { "llama.rope.scaling.yarn_log_multiplier": f32(0.1) },
    ],
    ["UNSUPPORTED", "llama.rope.scaling.attn_factor", llama, { "llama.rope.scaling.attn_factor": f32(1.1) }],
    [
      "UNSUPPORTED",
      "phi3.rope.scaling.type",
      { ...phi, rope_parameters: longrope },
      { "phi3.rope.scaling.type": ["string", "yarn"] },
    ],
    [
      "MISSING_TENSOR",
      "rope_factors_short.weight",
      { ...phi, rope_parameters: longrope },
      {},
      ["rope_factors_short.weight"],
    ],
    [
      "INVALID_FILE",
      "rope_scaling.short_factor",
      { ...phi, rope_parameters: longrope },
      { "phi3.rope.dimension_count": ["u32", 8] },
    ],
  ])("are refused by name: %s, %s", async (code, subject, config, keys, without) => {
    const error = await rejection(loadModel(await changed(config, keys, without)));
    expect(AnabranchError.isInstance(error), String(error)).toBe(true);
    expect(error).toMatchObject({ code, subject });
  });

  it("keep an attention factor that does not follow from the positions", async () => {
    const files = await changed({ ...phi, rope_parameters: longrope }, { "phi3.rope.scaling.attn_factor": f32(1.5) });
    expect(await scalingOf(files)).toMatchObject({ attentionFactor: 1.5, positions: 32 });
  });
});
