import type { Kernel } from "../kernel.js";
import { targetOf } from "../operations/read-logits.js";
import { row, rowCount, zeros } from "../tensor.js";
import { softmax } from "../vector.js";

/** logits: [batch, rows, vocabulary], targets and dy: [batch, rows] or [batch, rows, n] */
export const logProbGrad: Kernel<"logProbGrad"> = ([logits, targets, dy]) => {
  const dLogits = zeros(logits.shape);
  const perRow = dy.data.length / rowCount(logits);
  for (let r = 0; r < rowCount(logits); r++) {
    const out = row(dLogits, r);
    const probabilities = softmax(row(logits, r));
    for (let i = r * perRow; i < (r + 1) * perRow; i++) {
      const d = dy.data[i] as number;
      probabilities.forEach((probability, token) => {
        out[token] = (out[token] as number) - d * probability;
      });
      const target = targetOf(logits, targets, i);
      out[target] = (out[target] as number) + d;
    }
  }
  return [dLogits];
};
