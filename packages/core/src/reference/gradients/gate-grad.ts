import { activations } from "../activations.js";
import type { Kernel } from "../kernel.js";
import { zeros } from "../tensor.js";

/** dUp = dy activation(gate), dGate = dy up activation'(gate). All of one shape. */
export const gateGrad: Kernel<"gateGrad"> = ([gate, up, dy], { activation = "silu" }) => {
  const [dGate, dUp] = [zeros(gate.shape), zeros(up.shape)];
  const { value, slope } = activations[activation];
  for (let i = 0; i < dy.data.length; i++) {
    const x = gate.data[i] as number;
    const d = dy.data[i] as number;
    dGate.data[i] = d * (up.data[i] as number) * slope(x);
    dUp.data[i] = d * value(x);
  }
  return [dGate, dUp];
};

/** dx = dy activation'(x). All of one shape. */
export const activateGrad: Kernel<"activateGrad"> = ([x, dy], { activation }) => {
  const dx = zeros(x.shape);
  const { slope } = activations[activation];
  for (let i = 0; i < dy.data.length; i++) dx.data[i] = (dy.data[i] as number) * slope(x.data[i] as number);
  return [dx];
};
