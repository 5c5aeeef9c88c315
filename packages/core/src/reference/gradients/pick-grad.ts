import type { Kernel } from "../kernel.js";
import { row, zeros } from "../tensor.js";

/** dy: [batch, positions * (to - from), features] */
export const pickGrad: Kernel<"pickGrad"> = ([dy], { members, from, to }) => {
  const [batch, rows, features] = dy.shape as [number, number, number];
  const positions = rows / (to - from);
  const dx = zeros([batch, positions * members, features]);
  for (let group = 0; group < batch * positions; group++) {
    for (let member = from; member < to; member++) {
      row(dx, group * members + member).set(row(dy, group * (to - from) + member - from));
    }
  }
  return [dx];
};
