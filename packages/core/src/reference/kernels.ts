import type { OperationName } from "../graph/index.js";
import { attendGrad } from "./gradients/attend-grad.js";
import { embedGrad } from "./gradients/embed-grad.js";
import { gateGrad } from "./gradients/gate-grad.js";
import { insertStreamsGrad } from "./gradients/insert-streams-grad.js";
import { logProbGrad } from "./gradients/log-prob-grad.js";
import { normGrad } from "./gradients/norm-grad.js";
import { outer } from "./gradients/outer.js";
import { pickGrad } from "./gradients/pick-grad.js";
import { selectGrad } from "./gradients/select-grad.js";
import type { Kernel } from "./kernel.js";
import { add, scale } from "./operations/add.js";
import { attend } from "./operations/attend.js";
import { embed } from "./operations/embed.js";
import { gate } from "./operations/gate.js";
import { insertStreams } from "./operations/insert-streams.js";
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
  norm,
  rope,
  attend,
  gate,
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
  normGrad,
  attendGrad,
  gateGrad,
  selectGrad,
  insertStreamsGrad,
  pickGrad,
  logProbGrad,
};
