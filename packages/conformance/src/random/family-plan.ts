import type { Activation, LayerAttention, LinearModule, ModelSpec } from "@anabranch/core";
import { linearModules } from "@anabranch/core";
import fc from "fast-check";
import { type ModelPlan, modelPlans } from "./model-plan.js";

const yarn = { factor: 4, originalPositions: 64, betaFast: 8, betaSlow: 1, truncate: true, attentionFactor: 1.2 };

/** What a layer's attention may be, for heads of a size. */
function layerAttentions(headSize: number): fc.Arbitrary<LayerAttention> {
  const scaling = fc.constantFrom(
    undefined,
    { type: "linear", factor: 4 } as const,
    { type: "llama3", factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 16 } as const,
    { type: "yarn", ...yarn } as const,
  );
  const rope = fc.record({ theta: fc.constantFrom(100, 10_000), scaling, part: fc.boolean() }).map((plan) => ({
    theta: plan.theta,
    ...(plan.scaling !== undefined && { scaling: plan.scaling }),
    ...(plan.part && { rotated: headSize / 2 }),
  }));
  return fc
    .record({ rope: fc.option(rope, { nil: undefined, freq: 4 }), window: fc.constantFrom(undefined, 1, 3, 7) })
    .map(({ rope, window }) => ({ ...(rope && { rope }), ...(window !== undefined && { window }) }));
}

const features = fc.record({
  norm: fc.constantFrom("rms", "layer"),
  outputNorms: fc.boolean(),
  headNorms: fc.boolean(),
  biases: fc.constantFrom<"none" | "queries, keys, values" | "all">("none", "queries, keys, values", "all"),
  activation: fc.constantFrom<Activation>("silu", "gelu", "gelu_tanh", "relu"),
  mlp: fc.constantFrom("gated", "plain"),
  positionTable: fc.boolean(),
  embeddingScale: fc.constantFrom(undefined, 2),
  attentionScale: fc.constantFrom(undefined, 0.5),
});

/** Tiny models whose arithmetic is another than Llama's, in any mixture of what a spec can say. */
export const familyPlans: fc.Arbitrary<ModelPlan> = modelPlans.chain(({ spec, seed }) => {
  const { rope: _, ...sizes } = spec;
  const layer = layerAttentions(spec.headSize);
  const layers = fc.oneof(
    layer,
    fc.array(layer, { minLength: spec.layers, maxLength: spec.layers }).map((layerAttention) => ({ layerAttention })),
  );
  return fc.tuple(features, layers).map(([chosen, attention]) => ({ seed, spec: specOf(sizes, chosen, attention) }));
});

type Features = typeof features extends fc.Arbitrary<infer Value> ? Value : never;

function specOf(sizes: Omit<ModelSpec, "rope">, chosen: Features, attention: Partial<ModelSpec>): ModelSpec {
  const { embeddingScale, attentionScale } = chosen;
  const spec = {
    ...sizes,
    ...attention,
    family: "any",
    norm: chosen.norm,
    mlp: chosen.mlp,
    activation: chosen.activation,
  };
  return {
    ...spec,
    ...(chosen.outputNorms && { outputNorms: true }),
    ...(chosen.headNorms && { headNorms: true }),
    ...(chosen.positionTable && { positionTable: true }),
    ...(embeddingScale !== undefined && { embeddingScale }),
    ...(attentionScale !== undefined && { attentionScale }),
    ...(chosen.biases !== "none" && { biases: biasesOf(spec, chosen.biases === "all") }),
  };
}

function biasesOf(spec: ModelSpec, all: boolean): readonly LinearModule[] {
  return all ? linearModules(spec) : ["q_proj", "k_proj", "v_proj"];
}
