import { InvalidArgumentError, UnknownTokenError } from "../../errors/index.js";
import type { Kernel } from "../kernel.js";
import { intZeros, lengthOf, type ReferenceTensor, row, rowCount, zeros } from "../tensor.js";
import { logSumExp } from "../vector.js";

/** logits: [..., vocabulary] */
export const argmax: Kernel<"argmax"> = ([logits]) => {
  const out = intZeros(logits.shape.slice(0, -1));
  for (let r = 0; r < rowCount(logits); r++) {
    const x = row(logits, r);
    let best = 0;
    for (let i = 1; i < x.length; i++) if ((x[i] as number) > (x[best] as number)) best = i;
    out.data[r] = best;
  }
  return [out];
};

/** logits: [..., vocabulary]; of equal ones, the first comes first. */
export const topLogProbs: Kernel<"topLogProbs"> = ([logits], { k }) => {
  if (k > lengthOf(logits, -1)) {
    throw new InvalidArgumentError(`The ${k} most probable of ${lengthOf(logits, -1)} tokens are asked for.`);
  }
  const shape = [...logits.shape.slice(0, -1), k];
  const [logProbs, indices] = [zeros(shape), intZeros(shape)];
  for (let r = 0; r < rowCount(logits); r++) {
    const x = row(logits, r);
    const total = logSumExp(x);
    const order = Array.from(x.keys()).sort((a, b) => (x[b] as number) - (x[a] as number) || a - b);
    order.slice(0, k).forEach((index, rank) => {
      logProbs.data[r * k + rank] = (x[index] as number) - total;
      indices.data[r * k + rank] = index;
    });
  }
  return [logProbs, indices];
};

/** logits: [batch, rows, vocabulary], targets: [batch, rows] */
export const logProb: Kernel<"logProb"> = ([logits, targets]) => {
  const out = zeros(targets.shape);
  for (let r = 0; r < rowCount(logits); r++) {
    const x = row(logits, r);
    out.data[r] = (x[targetOf(logits, targets, r)] as number) - logSumExp(x);
  }
  return [out];
};

/** The token that a row's prediction is held against. */
export function targetOf(logits: ReferenceTensor, targets: ReferenceTensor, index: number): number {
  const target = targets.data[index] as number;
  if (target < 0 || target >= lengthOf(logits, -1)) {
    throw new UnknownTokenError(`Target ${target} lies outside the vocabulary of ${lengthOf(logits, -1)}.`);
  }
  return target;
}
