import type { Kernel } from "../kernel.js";
import { zeros } from "../tensor.js";
import { sigmoid } from "../vector.js";

/** With σ = sigmoid(gate): dUp = dy gate σ, dGate = dy up σ (1 + gate (1 - σ)). All of one shape. */
export const gateGrad: Kernel<"gateGrad"> = ([gate, up, dy]) => {
  const [dGate, dUp] = [zeros(gate.shape), zeros(up.shape)];
  for (let i = 0; i < dy.data.length; i++) {
    const x = gate.data[i] as number;
    const d = dy.data[i] as number;
    dGate.data[i] = d * (up.data[i] as number) * sigmoid(x) * (1 + x * (1 - sigmoid(x)));
    dUp.data[i] = d * x * sigmoid(x);
  }
  return [dGate, dUp];
};
