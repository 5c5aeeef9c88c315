import type { Kernel } from "../kernel.js";
import { selectedRow } from "../operations/select.js";
import { row, zeros } from "../tensor.js";
import { addScaled } from "../vector.js";

/** x: [batch, from, features], rows: [batch, m], dy: [batch, m, features] */
export const selectGrad: Kernel<"selectGrad"> = ([x, rows, dy]) => {
  const dx = zeros(x.shape);
  for (let index = 0; index < rows.data.length; index++) {
    addScaled(row(dx, selectedRow(x, rows, index)), 1, row(dy, index));
  }
  return [dx];
};
