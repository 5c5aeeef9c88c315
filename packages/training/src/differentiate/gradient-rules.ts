import type { GraphBuilder, NodeOf, OperationName } from "@anabranch/core";
import { attendRule } from "./attend-rule.js";

/** What a rule may ask and add to. */
export interface RuleContext {
  readonly builder: GraphBuilder;
  /** Whether a gradient with respect to this value is of use; a rule leaves the others out. */
  needs(value: string): boolean;
}

/**
 * The gradients of a node's inputs, in their order, given that of its first output; undefined where an input has none
 * or none is needed.
 */
export type GradientRule<Name extends OperationName> = (
  context: RuleContext,
  node: NodeOf<Name>,
  dy: string,
) => readonly (string | undefined)[];

/** One rule an operation. Null: nothing can be differentiated through it (indices, and the gradients themselves). */
export const gradientRules: { readonly [Name in OperationName]: GradientRule<Name> | null } = {
  embed: ({ builder, needs }, node, dy) => {
    const [table, tokens] = node.inputs;
    return needs(table) ? [one(builder.add("embedGrad", `d.${node.outputs[0]}`, [table, tokens, dy], {}))] : [];
  },

  linear: ({ builder, needs }, node, dy) => {
    const [x, weight] = node.inputs;
    const { transposed } = node.attributes;
    const name = `d.${node.outputs[0]}`;
    // Weights are [out, in] either way: y = x Wᵀ has out beside dy, y = x W has it beside x.
    const [beside, along] = transposed ? [x, dy] : [dy, x];
    return [
      needs(x) ? one(builder.add("linear", `${name}.x`, [dy, weight], { transposed: !transposed })) : undefined,
      needs(weight) ? one(builder.add("outer", `${name}.weight`, [beside, along], {})) : undefined,
    ];
  },

  bias: ({ builder, needs }, node, dy) => {
    const [, bias] = node.inputs;
    return [dy, needs(bias) ? one(builder.add("biasGrad", `d.${node.outputs[0]}`, [bias, dy], {})) : undefined];
  },

  layerNorm: ({ builder }, node, dy) => {
    const [x, weight] = node.inputs;
    return builder.add("layerNormGrad", `d.${node.outputs[0]}`, [x, weight, dy], node.attributes, 3);
  },

  norm: ({ builder }, node, dy) =>
    builder.add("normGrad", `d.${node.outputs[0]}`, [...node.inputs, dy], node.attributes, 2),

  rope: ({ builder }, node, dy) => {
    const attributes = { ...node.attributes, inverse: !node.attributes.inverse };
    return builder.add("rope", `d.${node.outputs[0]}`, [dy, node.inputs[1]], attributes);
  },

  attend: attendRule,

  gate: ({ builder }, node, dy) =>
    builder.add("gateGrad", `d.${node.outputs[0]}`, [...node.inputs, dy], node.attributes, 2),

  activate: ({ builder }, node, dy) =>
    builder.add("activateGrad", `d.${node.outputs[0]}`, [...node.inputs, dy], node.attributes),

  add: ({ builder, needs }, node, dy) => {
    const { scale } = node.attributes;
    if (scale === 1 || !needs(node.inputs[1])) return [dy, dy];
    return [dy, one(builder.add("scale", `d.${node.outputs[0]}`, [dy], { factor: scale }))];
  },

  scale: ({ builder }, node, dy) => builder.add("scale", `d.${node.outputs[0]}`, [dy], node.attributes),

  select: ({ builder }, node, dy) => builder.add("selectGrad", `d.${node.outputs[0]}`, [...node.inputs, dy], {}),

  insertStreams: ({ builder }, node, dy) =>
    builder.add("insertStreamsGrad", `d.${node.outputs[0]}`, [...node.inputs, dy], node.attributes, 3),

  pick: ({ builder }, node, dy) => builder.add("pickGrad", `d.${node.outputs[0]}`, [dy], node.attributes),

  pickGrad: ({ builder }, node, dy) => builder.add("pick", `d.${node.outputs[0]}`, [dy], node.attributes),

  logProb: ({ builder }, node, dy) => builder.add("logProbGrad", `d.${node.outputs[0]}`, [...node.inputs, dy], {}),

  argmax: null,
  topLogProbs: null,
  outer: null,
  embedGrad: null,
  biasGrad: null,
  normGrad: null,
  layerNormGrad: null,
  attendGrad: null,
  gateGrad: null,
  activateGrad: null,
  selectGrad: null,
  insertStreamsGrad: null,
  logProbGrad: null,
};

function one(values: readonly string[]): string {
  return values[0] as string;
}
