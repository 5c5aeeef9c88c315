import type { Kernel } from "../kernel.js";
import { targetOf } from "../operations/read-logits.js";
import { row, rowCount, zeros } from "../tensor.js";
import { softmax } from "../vector.js";

/** logits: [batch, rows, vocabulary], targets and dy: [batch, rows] */
export const logProbGrad: Kernel<"logProbGrad"> = ([logits, targets, dy]) => {
  const dLogits = zeros(logits.shape);
  for (let r = 0; r < rowCount(logits); r++) {
    const target = targetOf(logits, targets, r);
    const d = dy.data[r] as number;
    softmax(row(logits, r)).forEach((probability, i) => {
      row(dLogits, r)[i] = d * ((i === target ? 1 : 0) - probability);
    });
  }
  return [dLogits];
};
