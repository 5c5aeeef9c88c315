import type { Float32Tensor } from "@anabranch/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AdamW } from "./adamw.js";

const settings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };

function tensor(...values: number[]): Float32Tensor {
  return { format: "f32", shape: [values.length], data: Float32Array.from(values) };
}

describe("AdamW", () => {
  it("takes the steps of Loshchilov and Hutter's algorithm 2", () => {
    const numbers = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(numbers, fc.array(numbers, { minLength: 1, maxLength: 8 }), (start, gradients) => {
        const weights = tensor(start);
        const optimiser = new AdamW(settings, new Map([["w", weights]]), () => ({ rate: 2, decays: true }));
        let [theta, m, v] = [weights.data[0] as number, 0, 0];
        gradients.forEach((gradient, index) => {
          const g = Math.fround(gradient);
          optimiser.step(new Map([["w", Float32Array.of(g)]]), 0.01, 1);
          m = 0.9 * m + 0.1 * g;
          v = 0.99 * v + 0.01 * g * g;
          const hatM = m / (1 - 0.9 ** (index + 1));
          const hatV = v / (1 - 0.99 ** (index + 1));
          theta -= 0.02 * (hatM / (Math.sqrt(hatV) + 1e-8) + 0.1 * theta);
          expect(weights.data[0]).toBeCloseTo(theta, 4);
        });
      }),
    );
  });

  it("gives each tensor its group's rate, and decays only those that should", () => {
    const [fast, slow] = [tensor(1), tensor(1)];
    const tensors = new Map([
      ["fast", fast],
      ["slow", slow],
    ]);
    const optimiser = new AdamW(settings, tensors, (name) => ({ rate: name === "fast" ? 20 : 1, decays: false }));
    optimiser.step(new Map([...tensors.keys()].map((name) => [name, Float32Array.of(5)])), 0.01, 1);
    expect(fast.data[0]).toBeCloseTo(1 - 0.2, 5);
    expect(slow.data[0]).toBeCloseTo(1 - 0.01, 5);
  });
});
