import { LOG_PROB, LOG_SUM_EXP, TOP_K } from "../../assembly/step-codes.js";
import { byRow, type Located, type Lower, type Lowering, wholly } from "./lowering.js";
import type { Access } from "./step.js";

export const lowerTopLogProbs: Lower<"topLogProbs"> = (node, at) => {
  const {
    inputs: [logits],
    attributes: { k },
    outputs: [logProbs, indices],
  } = node;
  const from = at.value(logits);
  const sums = logSums(at, from);
  const [best, tokens] = [at.output(logProbs), at.output(indices)];
  const args = [from.address, from.features, from.features, k, sums.from, best.address, tokens.address];
  const writes = [byRow(best), byRow(tokens)];
  at.emit({ code: TOP_K, args, units: from.rows, reads: [byRow(from), sums], writes });
};

export const lowerLogProb: Lower<"logProb"> = ({ inputs: [logits, targets], outputs: [out] }, at) => {
  const [from, wanted] = [at.value(logits), at.value(targets)];
  const sums = logSums(at, from);
  const to = at.output(out);
  const args = [from.address, from.features, sums.from, wanted.address, to.address];
  const reads = [byRow(from), sums, { ...wholly(wanted), stride: 4 }];
  at.emit({ code: LOG_PROB, args, units: from.rows, reads, writes: [{ ...wholly(to), stride: 4 }] });
};

/** log of the sum of exponentials of each row: f32 [rows] */
function logSums(at: Lowering, from: Located): Access {
  const { address } = at.room(4 * from.rows);
  const sums = { from: address, to: address + 4 * from.rows, stride: 4 };
  const args = [from.address, from.features, from.features, address];
  at.scratch(at.kernels.logSumExpScratchBytes());
  at.emit({ code: LOG_SUM_EXP, args, units: from.rows, reads: [byRow(from)], writes: [sums] });
  return sums;
}
