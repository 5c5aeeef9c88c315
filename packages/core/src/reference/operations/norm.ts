import type { Kernel } from "../kernel.js";
import { row, rowCount, zeros } from "../tensor.js";
import { dot } from "../vector.js";

/** x: [batch, rows, features], weight: [features] */
export const norm: Kernel<"norm"> = ([x, weight], { epsilon }) => {
  const out = zeros(x.shape);
  for (let r = 0; r < rowCount(x); r++) {
    const [from, to] = [row(x, r), row(out, r)];
    const root = Math.sqrt(dot(from, from) / from.length + epsilon);
    for (let i = 0; i < from.length; i++) to[i] = ((from[i] as number) / root) * (weight.data[i] as number);
  }
  return [out];
};
