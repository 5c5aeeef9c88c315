import { parameterNames } from "../model/index.js";
import { type LayerContext, layerLinear, layerValue } from "./layer-context.js";
import { addNorm } from "./norms.js";
import type { RowSet } from "./row-set.js";

/** x + MLP(norm(x)), the MLP gated or plain. */
export function addMlp(context: LayerContext, layer: number, set: RowSet, x: string): string {
  const { builder, spec } = context;
  const named = (what: string): string => layerValue(layer, set, what);
  const normed = addNorm(builder, spec, named("mlp_norm"), parameterNames.mlpNorm(layer), x);
  const inner = spec.mlp === "plain" ? plain(context, layer, set, normed) : gated(context, layer, set, normed);
  let out = layerLinear(context, layer, set, "down_proj", inner);
  if (spec.outputNorms === true) {
    out = addNorm(builder, spec, named("mlp_output_norm"), parameterNames.mlpOutputNorm(layer), out);
  }
  return builder.add("add", named("out"), [x, out], { scale: 1 })[0] as string;
}

function gated(context: LayerContext, layer: number, set: RowSet, x: string): string {
  const { activation } = context.spec;
  const gate = layerLinear(context, layer, set, "gate_proj", x);
  const up = layerLinear(context, layer, set, "up_proj", x);
  const attributes = activation === undefined ? {} : { activation };
  return context.builder.add("gate", layerValue(layer, set, "gated"), [gate, up], attributes)[0] as string;
}

function plain(context: LayerContext, layer: number, set: RowSet, x: string): string {
  const { activation = "silu" } = context.spec;
  const up = layerLinear(context, layer, set, "up_proj", x);
  return context.builder.add("activate", layerValue(layer, set, "activated"), [up], { activation })[0] as string;
}
