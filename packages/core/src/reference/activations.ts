import type { Activation } from "../model/index.js";
import { erf } from "./erf.js";
import { sigmoid } from "./vector.js";

/** A function and its derivative. */
interface Differentiable {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

const SQRT_TWO_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBE = 0.044715;

/** Φ and φ: the normal distribution's cumulative probability and density. */
const cumulative = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2;
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

const inner = (x: number): number => Math.tanh(SQRT_TWO_OVER_PI * (x + CUBE * x ** 3));

export const activations: { readonly [Name in Activation]: Differentiable } = {
  silu: { value: (x) => x * sigmoid(x), slope: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))) },
  gelu: { value: (x) => x * cumulative(x), slope: (x) => cumulative(x) + x * density(x) },
  gelu_tanh: {
    value: (x) => (x / 2) * (1 + inner(x)),
    slope: (x) => {
      const t = inner(x);
      return (1 + t) / 2 + (x / 2) * (1 - t * t) * SQRT_TWO_OVER_PI * (1 + 3 * CUBE * x * x);
    },
  },
  relu: { value: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) },
};
