import type { OperationName } from "../graph/index.js";
import { attendGrad } from "./gradients/attend-grad.js";
import { biasGrad } from "./gradients/bias-grad.js";
import { embedGrad } from "./gradients/embed-grad.js";
import { activateGrad, gateGrad } from "./gradients/gate-grad.js";
import { insertStreamsGrad } from "./gradients/insert-streams-grad.js";
import { layerNormGrad } from "./gradients/layer-norm-grad.js";
import { logProbGrad } from "./gradients/log-prob-grad.js";
import { normGrad } from "./gradients/norm-grad.js";
import { outer } from "./gradients/outer.js";
import { pickGrad } from "./gradients/pick-grad.js";
import { selectGrad } from "./gradients/select-grad.js";
import type { Kernel } from "./kernel.js";
import { add, scale } from "./operations/add.js";
import { attend } from "./operations/attend.js";
import { bias } from "./operations/bias.js";
import { embed } from "./operations/embed.js";
import { activate, gate } from "./operations/gate.js";
import { insertStreams } from "./operations/insert-streams.js";
import { layerNorm } from "./operations/layer-norm.js";
import { linear } from "./operations/linear.js";
import { norm } from "./operations/norm.js";
import { pick } from "./operations/pick.js";
import { argmax, logProb, topLogProbs } from "./operations/read-logits.js";
import { rope } from "./operations/rope.js";
import { select } from "./operations/select.js";

/** One kernel for each operation of the graph; a missing one does not compile. */
export const kernels: { readonly [Name in OperationName]: Kernel<Name> } = {
  embed,
  linear,
  bias,
  norm,
  layerNorm,
  rope,
  attend,
  gate,
  activate,
  add,
  select,
  insertStreams,
  pick,
  argmax,
  topLogProbs,
  logProb,
  scale,
  outer,
  embedGrad,
  biasGrad,
  normGrad,
  layerNormGrad,
  attendGrad,
  gateGrad,
  activateGrad,
  selectGrad,
  insertStreamsGrad,
  pickGrad,
  logProbGrad,
};
