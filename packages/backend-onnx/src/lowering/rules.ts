import type { GraphNode, NodeOf, OperationName } from "@anabranch/core";
import { lowerActivate, lowerGate } from "./activation.js";
import { lowerAttend } from "./attention/attend.js";
import { lowerBias } from "./bias.js";
import { lowerEmbed } from "./embed.js";
import { lowerActivateGrad, lowerBiasGrad, lowerGateGrad } from "./gradients/activation-grad.js";
import { lowerAttendGrad } from "./gradients/attend-grad.js";
import { lowerLayerNormGrad } from "./gradients/layer-norm-grad.js";
import { lowerOuter, lowerScale } from "./gradients/linear-grad.js";
import { lowerLogProbGrad } from "./gradients/log-prob-grad.js";
import { lowerNormGrad } from "./gradients/norm-grad.js";
import { lowerEmbedGrad, lowerSelectGrad } from "./gradients/scatter-grad.js";
import { lowerInsertStreamsGrad, lowerPickGrad } from "./gradients/streams-grad.js";
import { lowerLayerNorm } from "./layer-norm.js";
import { lowerLinear } from "./linear.js";
import type { Lowering } from "./lowering.js";
import { lowerAdd, lowerNorm } from "./norm.js";
import { lowerArgmax, lowerLogProb, lowerTopLogProbs } from "./readout.js";
import { lowerRope } from "./rope.js";
import { lowerPick, lowerSelect } from "./rows.js";
import { lowerInsertStreams } from "./streams.js";

type Rule<Name extends OperationName> = (lowering: Lowering, node: NodeOf<Name>) => void;

/** One rule an operation; an operation without one does not compile. */
const rules: { readonly [Name in OperationName]: Rule<Name> } = {
  embed: lowerEmbed,
  linear: lowerLinear,
  bias: lowerBias,
  norm: lowerNorm,
  layerNorm: lowerLayerNorm,
  rope: lowerRope,
  attend: lowerAttend,
  gate: lowerGate,
  activate: lowerActivate,
  add: lowerAdd,
  select: lowerSelect,
  insertStreams: lowerInsertStreams,
  pick: lowerPick,
  argmax: lowerArgmax,
  topLogProbs: lowerTopLogProbs,
  logProb: lowerLogProb,
  scale: lowerScale,
  outer: lowerOuter,
  embedGrad: lowerEmbedGrad,
  biasGrad: lowerBiasGrad,
  normGrad: lowerNormGrad,
  layerNormGrad: lowerLayerNormGrad,
  attendGrad: lowerAttendGrad,
  gateGrad: lowerGateGrad,
  activateGrad: lowerActivateGrad,
  selectGrad: lowerSelectGrad,
  insertStreamsGrad: lowerInsertStreamsGrad,
  pickGrad: lowerPickGrad,
  logProbGrad: lowerLogProbGrad,
};

export function lowerNode(lowering: Lowering, node: GraphNode): void {
  (rules[node.op] as Rule<OperationName>)(lowering, node as NodeOf<OperationName>);
}
