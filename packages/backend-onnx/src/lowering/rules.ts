import type { GraphNode, NodeOf, OperationName } from "@anabranch/core";
import { lowerAttend } from "./attention/attend.js";
import { lowerEmbed } from "./embed.js";
import { lowerGate } from "./gate.js";
import { lowerAttendGrad } from "./gradients/attend-grad.js";
import { lowerGateGrad } from "./gradients/gate-grad.js";
import { lowerOuter, lowerScale } from "./gradients/linear-grad.js";
import { lowerLogProbGrad } from "./gradients/log-prob-grad.js";
import { lowerNormGrad } from "./gradients/norm-grad.js";
import { lowerEmbedGrad, lowerSelectGrad } from "./gradients/scatter-grad.js";
import { lowerInsertStreamsGrad, lowerPickGrad } from "./gradients/streams-grad.js";
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
  norm: lowerNorm,
  rope: lowerRope,
  attend: lowerAttend,
  gate: lowerGate,
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
  normGrad: lowerNormGrad,
  attendGrad: lowerAttendGrad,
  gateGrad: lowerGateGrad,
  selectGrad: lowerSelectGrad,
  insertStreamsGrad: lowerInsertStreamsGrad,
  pickGrad: lowerPickGrad,
  logProbGrad: lowerLogProbGrad,
};

export function lowerNode(lowering: Lowering, node: GraphNode): void {
  (rules[node.op] as Rule<OperationName>)(lowering, node as NodeOf<OperationName>);
}
