import type { Kernel } from "../kernel.js";
import { lengthOf, row, rowCount, zeros } from "../tensor.js";
import { addScaled, dot } from "../vector.js";

/** x: [batch, rows, in], weight: [out, in]; where transposed, x: [batch, rows, out] and the result has `in` features. */
export const linear: Kernel<"linear"> = ([x, weight], { transposed }) => {
  const [outFeatures, inFeatures] = [lengthOf(weight, 0), lengthOf(weight, 1)];
  const out = zeros([...x.shape.slice(0, -1), transposed ? inFeatures : outFeatures]);
  for (let r = 0; r < rowCount(x); r++) {
    const [from, to] = [row(x, r), row(out, r)];
    for (let o = 0; o < outFeatures; o++) {
      if (transposed) addScaled(to, from[o] as number, row(weight, o));
      else to[o] = dot(from, row(weight, o));
    }
  }
  return [out];
};
