import type { Kernel } from "../kernel.js";
import { zeros } from "../tensor.js";
import { sigmoid } from "../vector.js";

/** gate and up: equal shapes; silu(x) = x * sigmoid(x) */
export const gate: Kernel<"gate"> = ([gate, up]) => {
  const out = zeros(gate.shape);
  for (let i = 0; i < out.data.length; i++) {
    const x = gate.data[i] as number;
    out.data[i] = x * sigmoid(x) * (up.data[i] as number);
  }
  return [out];
};
