import type { GraphBuilder } from "../graph/index.js";
import { type ModelSpec, parameterNames } from "../model/index.js";

/** The norm of states [batch, rows, hidden], of the kind that the model has. @param weight the parameter's name */
export function addNorm(builder: GraphBuilder, spec: ModelSpec, name: string, weight: string, x: string): string {
  const { hiddenSize, normEpsilon: epsilon } = spec;
  const parameter = builder.parameter(weight, [hiddenSize]);
  if (spec.norm !== "layer") return builder.add("norm", name, [x, parameter], { epsilon })[0] as string;
  const bias = builder.parameter(parameterNames.normBias(weight), [hiddenSize]);
  return builder.add("layerNorm", name, [x, parameter, bias], { epsilon })[0] as string;
}

/** The RMS norm of each head of queries or keys [batch, rows, heads * headSize], where the model has one. */
export function addHeadNorm(builder: GraphBuilder, spec: ModelSpec, name: string, weight: string, x: string): string {
  if (spec.headNorms !== true) return x;
  const parameter = builder.parameter(weight, [spec.headSize]);
  return builder.add("norm", name, [x, parameter], { epsilon: spec.normEpsilon })[0] as string;
}
