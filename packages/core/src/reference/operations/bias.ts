import type { Kernel } from "../kernel.js";
import { row, rowCount, zeros } from "../tensor.js";
import { addScaled } from "../vector.js";

/** x: [batch, rows, features], bias: [features] */
export const bias: Kernel<"bias"> = ([x, vector]) => {
  const out = zeros(x.shape);
  out.data.set(x.data);
  for (let r = 0; r < rowCount(out); r++) addScaled(row(out, r), 1, vector.data);
  return [out];
};
