import type { Kernel } from "../kernel.js";
import { tokenAt } from "../operations/embed.js";
import { row, zeros } from "../tensor.js";
import { addScaled } from "../vector.js";

/** table: [vocabulary, hidden], tokens: [batch, rows], dy: [batch, rows, hidden] */
export const embedGrad: Kernel<"embedGrad"> = ([table, tokens, dy]) => {
  const dTable = zeros(table.shape);
  for (let index = 0; index < tokens.data.length; index++) {
    addScaled(row(dTable, tokenAt(table, tokens, index)), 1, row(dy, index));
  }
  return [dTable];
};
