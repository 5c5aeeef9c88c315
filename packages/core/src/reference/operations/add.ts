import type { Kernel } from "../kernel.js";
import { zeros } from "../tensor.js";
import { addScaled } from "../vector.js";

/** a and b: equal shapes */
export const add: Kernel<"add"> = ([a, b], attributes) => {
  const out = zeros(a.shape);
  out.data.set(a.data);
  addScaled(out.data, attributes.scale, b.data);
  return [out];
};

/** x: any shape */
export const scale: Kernel<"scale"> = ([x], { factor }) => {
  const out = zeros(x.shape);
  addScaled(out.data, factor, x.data);
  return [out];
};
