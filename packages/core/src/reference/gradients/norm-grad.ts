import type { Kernel } from "../kernel.js";
import { stretches } from "../operations/norm.js";
import { row, rowCount, zeros } from "../tensor.js";
import { dot } from "../vector.js";

/**
 * With n = x / root and g = dy * weight: dx = (g - n mean(g n)) / root, dWeight = Σ dy * n.
 * x and dy: [batch, rows, features], weight: [features], or [headSize] with features a multiple of it
 */
export const normGrad: Kernel<"normGrad"> = ([x, weight, dy], { epsilon }) => {
  const [dx, dWeight] = [zeros(x.shape), zeros(weight.shape)];
  const width = weight.data.length;
  const [xs, dys, dxs] = [stretches(x, width), stretches(dy, width), stretches(dx, width)];
  for (let r = 0; r < rowCount(xs); r++) {
    const [from, to, dFrom] = [row(xs, r), row(dys, r), row(dxs, r)];
    const root = Math.sqrt(dot(from, from) / from.length + epsilon);
    const normed = Float64Array.from(from, (value) => value / root);
    const g = Float64Array.from(to, (value, i) => value * (weight.data[i] as number));
    const mean = dot(g, normed) / from.length;
    for (let i = 0; i < from.length; i++) {
      dFrom[i] = ((g[i] as number) - (normed[i] as number) * mean) / root;
      dWeight.data[i] = (dWeight.data[i] as number) + (to[i] as number) * (normed[i] as number);
    }
  }
  return [dx, dWeight];
};
