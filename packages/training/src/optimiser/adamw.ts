import type { Float32Tensor } from "@anabranch/core";
import type { ParameterGroup } from "./parameter-group.js";

export interface AdamWSettings {
  /** Decay of the mean of gradients. */
  readonly beta1: number;
  /** Decay of the mean of squared gradients. */
  readonly beta2: number;
  readonly epsilon: number;
  /** Share of a weight that a step of rate 1 takes away, apart from the gradient. */
  readonly weightDecay: number;
}

interface Slot {
  readonly group: ParameterGroup;
  readonly weights: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

/** AdamW (Loshchilov and Hutter, 2019) over float32 arrays, in place. */
export class AdamW {
  readonly #slots = new Map<string, Slot>();
  #steps = 0;

  constructor(
    readonly settings: AdamWSettings,
    tensors: ReadonlyMap<string, Float32Tensor>,
    group: (name: string, shape: readonly number[]) => ParameterGroup,
  ) {
    for (const [name, { shape, data }] of tensors) {
      const zeros = (): Float32Array => new Float32Array(data.length);
      this.#slots.set(name, { group: group(name, shape), weights: data, mean: zeros(), square: zeros() });
    }
  }

  /** Steps taken so far; part of the state, since the corrections of the means depend on it. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Takes a step against the gradients.
   * @param scale times every gradient: clipping, without another pass over memory.
   */
  step(gradients: ReadonlyMap<string, Float32Array>, learningRate: number, scale: number): void {
    this.#steps++;
    for (const [name, slot] of this.#slots) {
      this.#update(slot, gradients.get(name) as Float32Array, learningRate * slot.group.rate, scale);
    }
  }

  /** Means and squares by `mean.<parameter>` and `square.<parameter>`: the arrays themselves. */
  *moments(): Iterable<[string, Float32Array]> {
    for (const [name, { mean, square }] of this.#slots) {
      yield [`mean.${name}`, mean];
      yield [`square.${name}`, square];
    }
  }

  /** Goes on from a kept state; the moments are written into the arrays of {@link moments}. */
  resumeAt(steps: number): void {
    this.#steps = steps;
  }

  #update({ weights, mean, square, group }: Slot, gradient: Float32Array, rate: number, scale: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.settings;
    const correction1 = rate / (1 - beta1 ** this.#steps);
    const correction2 = 1 / (1 - beta2 ** this.#steps);
    const kept = group.decays ? 1 - rate * weightDecay : 1;
    const new1 = 1 - beta1;
    const new2 = 1 - beta2;
    const length = weights.length;
    for (let i = 0; i < length; i++) {
      const g = (gradient[i] as number) * scale;
      const m = beta1 * (mean[i] as number) + new1 * g;
      const s = beta2 * (square[i] as number) + new2 * g * g;
      mean[i] = m;
      square[i] = s;
      weights[i] = kept * (weights[i] as number) - (correction1 * m) / (Math.sqrt(s * correction2) + epsilon);
    }
  }
}
