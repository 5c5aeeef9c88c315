import type { Kernel } from "../kernel.js";
import { row, rowCount, zeros } from "../tensor.js";
import { addScaled } from "../vector.js";

/** bias: [features], dy: [batch, rows, features] */
export const biasGrad: Kernel<"biasGrad"> = ([bias, dy]) => {
  const dBias = zeros(bias.shape);
  for (let r = 0; r < rowCount(dy); r++) addScaled(dBias.data, 1, row(dy, r));
  return [dBias];
};
