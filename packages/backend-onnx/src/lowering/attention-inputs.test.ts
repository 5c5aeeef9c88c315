import { buildPassGraph, type ModelSpec } from "@anabranch/core";
import { expect, it } from "vitest";
import { smallSpec } from "../../test/lowering/small-model.js";
import { attentionInputs } from "./attention-inputs.js";

it.each<[string, ModelSpec]>([
  ["as Llama has them", smallSpec],
  ["with norms of heads and biases", { ...smallSpec, headNorms: true, biases: ["q_proj", "k_proj", "v_proj"] }],
])("finds the linear maps of queries, keys and values, %s", (_, spec) => {
  const { nodes } = buildPassGraph({ spec, streamRows: "none", past: "heads" });
  const weights = [...attentionInputs(nodes)].map(({ inputs }) => inputs[1] as string);
  const expected = Array.from({ length: smallSpec.layers }, (_, layer) =>
    ["q", "k", "v"].map((which) => `model.layers.${layer}.self_attn.${which}_proj.weight`),
  );
  expect(weights.sort()).toEqual(expected.flat().sort());
});
