import { activations } from "../activations.js";
import type { Kernel } from "../kernel.js";
import { zeros } from "../tensor.js";

/** gate and up: equal shapes */
export const gate: Kernel<"gate"> = ([gate, up], { activation = "silu" }) => {
  const out = zeros(gate.shape);
  const { value } = activations[activation];
  for (let i = 0; i < out.data.length; i++) out.data[i] = value(gate.data[i] as number) * (up.data[i] as number);
  return [out];
};

/** x: any shape */
export const activate: Kernel<"activate"> = ([x], { activation }) => {
  const out = zeros(x.shape);
  const { value } = activations[activation];
  for (let i = 0; i < out.data.length; i++) out.data[i] = value(x.data[i] as number);
  return [out];
};
