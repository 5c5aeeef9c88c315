import type { Kernel } from "../kernel.js";
import { row, rowCount, zeros } from "../tensor.js";
import { dot, type Vector } from "../vector.js";

/** A vector without its mean, at a mean square of 1, and the root that it was divided by. */
export function standardised(x: Vector, epsilon: number): { readonly normed: Float64Array; readonly root: number } {
  let sum = 0;
  for (const value of x) sum += value;
  const centred = Float64Array.from(x, (value) => value - sum / x.length);
  const root = Math.sqrt(dot(centred, centred) / x.length + epsilon);
  return { normed: centred.map((value) => value / root), root };
}

/** x: [batch, rows, features], weight and bias: [features] */
export const layerNorm: Kernel<"layerNorm"> = ([x, weight, bias], { epsilon }) => {
  const out = zeros(x.shape);
  for (let r = 0; r < rowCount(x); r++) {
    const { normed } = standardised(row(x, r), epsilon);
    const to = row(out, r);
    for (let i = 0; i < to.length; i++) {
      to[i] = (normed[i] as number) * (weight.data[i] as number) + (bias.data[i] as number);
    }
  }
  return [out];
};
