import type { Kernel } from "../kernel.js";
import { standardised } from "../operations/layer-norm.js";
import { row, rowCount, zeros } from "../tensor.js";
import { dot } from "../vector.js";

/**
 * With n the standardised x and g = dy * weight: dx = (g - mean(g) - n mean(g n)) / root, dWeight = Σ dy * n, dBias = Σ dy.
 * x and dy: [batch, rows, features], weight: [features]
 */
export const layerNormGrad: Kernel<"layerNormGrad"> = ([x, weight, dy], { epsilon }) => {
  const [dx, dWeight, dBias] = [zeros(x.shape), zeros(weight.shape), zeros(weight.shape)];
  for (let r = 0; r < rowCount(x); r++) {
    const { normed, root } = standardised(row(x, r), epsilon);
    const [to, dFrom] = [row(dy, r), row(dx, r)];
    const g = Float64Array.from(to, (value, i) => value * (weight.data[i] as number));
    const mean = g.reduce((sum, value) => sum + value, 0) / g.length;
    const along = dot(g, normed) / g.length;
    for (let i = 0; i < to.length; i++) {
      dFrom[i] = ((g[i] as number) - mean - (normed[i] as number) * along) / root;
      dWeight.data[i] = (dWeight.data[i] as number) + (to[i] as number) * (normed[i] as number);
      dBias.data[i] = (dBias.data[i] as number) + (to[i] as number);
    }
  }
  return [dx, dWeight, dBias];
};
