import { type Float32Tensor, type ModelSpec, parameterNames, toFloat32, type WeightTensor } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import { parameterSource } from "./parameter-source.js";
import type { TensorSource } from "./tensor-source.js";

const sizes = { vocabularySize: 3, hiddenSize: 2, layers: 1, heads: 1, kvHeads: 1, headSize: 2, mlpSize: 4 };
const spec = (family: string, more: Partial<ModelSpec> = {}): ModelSpec => ({
  ...{ family, ...sizes, normEpsilon: 1e-5, maxPositions: 3, tiedHead: true },
  ...more,
});

const tensor = (shape: readonly number[], first = 0): Float32Tensor => ({
  format: "f32",
  shape,
  data: Float32Array.from({ length: shape.reduce((size, length) => size * length, 1) }, (_, index) => first + index),
});

function source(tensors: Record<string, WeightTensor>, convention?: "llama.cpp"): TensorSource {
  return {
    name: "file",
    ...(convention && { convention }),
    has: (name) => name in tensors,
    names: () => Object.keys(tensors),
    read: async (name) => tensors[name] as WeightTensor,
  };
}

const valuesOf = async (from: TensorSource, parameter: string): Promise<number[]> => [
  ...toFloat32(await from.read(parameter)),
];

const query = parameterNames.linear(0, "q_proj");
const key = parameterNames.linear(0, "k_proj");
const value = parameterNames.linear(0, "v_proj");

describe("parameterSource", () => {
  it.each(["transformer.", ""])('cuts GPT-2\'s fused [in, out] matrices behind the prefix "%s"', async (prefix) => {
    const gpt2 = spec("gpt2", { positionTable: true, norm: "layer", mlp: "plain", biases: ["q_proj", "k_proj"] });
    const file = source({
      [`${prefix}wte.weight`]: tensor([3, 2]),
      [`${prefix}h.0.attn.c_attn.weight`]: tensor([2, 6]),
      [`${prefix}h.0.attn.c_attn.bias`]: tensor([6]),
    });
    // c_attn is [[0 .. 5], [6 .. 11]]: its columns are our rows.
    const parameters = parameterSource(file, { ...gpt2, biases: ["q_proj", "k_proj", "v_proj"] });
    expect(await valuesOf(parameters, query)).toEqual([0, 6, 1, 7]);
    expect(await valuesOf(parameters, value)).toEqual([4, 10, 5, 11]);
    expect(await valuesOf(parameters, parameterNames.bias(0, "k_proj"))).toEqual([2, 3]);
  });

  it("takes GPT-2's matrices from llama.cpp as they are", async () => {
    const file = source({ "transformer.h.0.attn.c_attn.weight": tensor([6, 2]) }, "llama.cpp");
    expect(await valuesOf(parameterSource(file, spec("gpt2", { mlp: "plain" })), key)).toEqual([4, 5, 6, 7]);
  });

  it("cuts Phi's fused matrices, 8-bit ones with their scales", async () => {
    const data = Int8Array.from({ length: 12 }, (_, index) => index);
    const scales = Float32Array.of(1, 1, 2, 2, 3, 3);
    const fused = { format: "int8-block", shape: [6, 2], data, blockSize: 2, scales } as const;
    const parameters = parameterSource(source({ "model.layers.0.self_attn.qkv_proj.weight": fused }), spec("phi3"));
    expect(await valuesOf(parameters, key)).toEqual([8, 10, 12, 14]);
    expect((await parameters.read(value)).format).toBe("int8-block");
  });

  it.each(["model.", "language_model.model.", "model.language_model."])(
    "adds 1 to Gemma's norms, and tells them apart from Llama's, behind the prefix %s",
    async (prefix) => {
      const norms = {
        [`${prefix}embed_tokens.weight`]: tensor([3, 2]),
        [`${prefix}layers.0.post_attention_layernorm.weight`]: tensor([2], 10),
        [`${prefix}layers.0.pre_feedforward_layernorm.weight`]: tensor([2], 20),
      };
      const gemma = spec("gemma3", { outputNorms: true, headNorms: true });
      const parameters = parameterSource(source(norms), gemma);
      expect(await valuesOf(parameters, parameterNames.attentionOutputNorm(0))).toEqual([11, 12]);
      expect(await valuesOf(parameters, parameterNames.mlpNorm(0))).toEqual([21, 22]);
      const folded = parameterSource(source(norms, "llama.cpp"), gemma);
      expect(await valuesOf(folded, parameterNames.mlpNorm(0))).toEqual([20, 21]);
    },
  );

  it("leaves out the two rows before OPT's first position", async () => {
    const file = source({
      "model.decoder.embed_tokens.weight": tensor([3, 2]),
      "model.decoder.embed_positions.weight": tensor([5, 2]),
    });
    const opt = spec("opt", { positionTable: true, norm: "layer", mlp: "plain" });
    expect(await valuesOf(parameterSource(file, opt), parameterNames.positions)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it("names the stored tensor that is missing or of another shape", async () => {
    const phi3 = parameterSource(source({ "model.layers.0.self_attn.qkv_proj.weight": tensor([5, 2]) }), spec("phi3"));
    await expect(phi3.read(query)).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
      subject: "model.layers.0.self_attn.qkv_proj.weight",
    });
    await expect(phi3.read(parameterNames.linear(0, "up_proj"))).rejects.toMatchObject({
      code: "MISSING_TENSOR",
      subject: "model.layers.0.mlp.gate_up_proj.weight",
    });
  });

  it("keeps the file's name for what belongs to no parameter", () => {
    const parameters = parameterSource(source({ "model.norm.weight": tensor([2]), odd: tensor([1]) }), spec("llama"));
    expect([...parameters.names()]).toEqual(["model.norm.weight", "odd"]);
  });
});
