import type { Kernel } from "../kernel.js";
import { row, zeros } from "../tensor.js";

/** x: [batch, positions * members, features] */
export const pick: Kernel<"pick"> = ([x], { members, from, to }) => {
  const [batch, rows, features] = x.shape as [number, number, number];
  const positions = rows / members;
  const out = zeros([batch, positions * (to - from), features]);
  for (let group = 0; group < batch * positions; group++) {
    for (let member = from; member < to; member++) {
      row(out, group * (to - from) + member - from).set(row(x, group * members + member));
    }
  }
  return [out];
};
