import type { Float32Tensor, Tensor } from "@anabranch/core";
import { gradientName } from "../differentiate/index.js";

/** Gradients of the parameters, summed over the runs of a step, in arrays that every step uses again. */
export class GradientSum {
  /** By parameter. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly #sum: Readonly<Record<string, Tensor>>;
  #scratch: Readonly<Record<string, Tensor>> | undefined;
  #runs = 0;

  constructor(trained: ReadonlyMap<string, Float32Tensor>) {
    this.#sum = Object.fromEntries(
      [...trained].map(([name, { shape, data }]) => [
        gradientName(name),
        { shape, data: new Float32Array(data.length) },
      ]),
    );
    this.gradients = new Map(
      [...trained.keys()].map((name) => [name, this.#sum[gradientName(name)]?.data as Float32Array]),
    );
  }

  /** Begins a step. */
  clear(): void {
    this.#runs = 0;
  }

  /** Where the next run is to write its gradients. */
  target(): Readonly<Record<string, Tensor>> {
    if (this.#runs === 0) return this.#sum;
    this.#scratch ??= Object.fromEntries(
      Object.entries(this.#sum).map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    );
    return this.#scratch;
  }

  /** Takes what a run wrote into {@link target}. */
  add(): void {
    this.#runs++;
    if (this.#runs === 1 || this.#scratch === undefined) return;
    for (const [name, { data }] of Object.entries(this.#scratch)) {
      addInto(this.#sum[name]?.data as Float32Array, data as Float32Array);
    }
  }
}

export function addInto(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (more[i] as number);
}
