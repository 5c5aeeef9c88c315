import type { Kernel } from "../kernel.js";
import { lengthOf, row, rowCount, zeros } from "../tensor.js";
import { addScaled } from "../vector.js";

/** dy: [batch, rows, out], x: [batch, rows, in] */
export const outer: Kernel<"outer"> = ([dy, x]) => {
  const out = zeros([lengthOf(dy, -1), lengthOf(x, -1)]);
  for (let r = 0; r < rowCount(x); r++) {
    row(dy, r).forEach((value, o) => {
      addScaled(row(out, o), value, row(x, r));
    });
  }
  return [out];
};
