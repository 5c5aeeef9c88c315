import { type OperationName, UnsupportedError } from "@anabranch/core";
import { lowerAttend } from "./lower-attend.js";
import {
  lowerActivate,
  lowerAdd,
  lowerBias,
  lowerGate,
  lowerLayerNorm,
  lowerNorm,
  lowerRope,
  lowerScale,
} from "./lower-elements.js";
import { lowerLinear } from "./lower-linear.js";
import { lowerLogProb, lowerTopLogProbs } from "./lower-logits.js";
import { lowerEmbed, lowerInsertStreams, lowerPick, lowerSelect } from "./lower-rows.js";
import type { AnyLower, Lower } from "./lowering.js";

/** How each operation becomes steps. Gradients, and guesses that losses count, are not here: models are trained on another backend. */
const lowerings: { readonly [Name in OperationName]?: Lower<Name> } = {
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
  topLogProbs: lowerTopLogProbs,
  logProb: lowerLogProb,
  scale: lowerScale,
};

/** @throws UnsupportedError for an operation that this backend does not have */
export function loweringOf(op: OperationName): AnyLower {
  const lower = lowerings[op];
  if (lower !== undefined) return lower as AnyLower;
  throw new UnsupportedError(`The WebAssembly backend has no operation "${op}".`, {
    subject: op,
    cure: "Train with the ONNX backend.",
  });
}
