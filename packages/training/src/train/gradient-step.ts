import type { CompiledGraph, GraphRuntime, Tensor } from "@anabranch/core";
import type { Batch } from "../batches/index.js";
import { differentiate, gradientName } from "../differentiate/index.js";
import { knownInputs, lossNames, seedsOf } from "../graphs/index.js";
import { GradientSum } from "./gradient-sum.js";
import type { Objective } from "./objective.js";
import { LossSum, type StepLoss } from "./step-loss.js";

/** Runs the differentiated loss graph; the gradients lie in arrays that are used again in every step. */
export class GradientStep {
  readonly #sum: GradientSum;

  private constructor(
    readonly objective: Objective,
    readonly compiled: CompiledGraph,
  ) {
    this.#sum = new GradientSum(objective.trained);
  }

  static async compile(runtime: GraphRuntime, objective: Objective): Promise<GradientStep> {
    const { graph, sets } = objective.loss;
    const parameters = [...objective.trained.keys()];
    const gradient = differentiate(graph, { seeds: seedsOf(sets), parameters });
    const outputs = [...sets.map(lossNames.logProb), ...parameters.map(gradientName)];
    const constants = new Map([...objective.constants].filter(([name]) => gradient.parameters.includes(name)));
    return new GradientStep(objective, await runtime.compile(gradient, { constants, outputs }));
  }

  /** By parameter. */
  get gradients(): ReadonlyMap<string, Float32Array> {
    return this.#sum.gradients;
  }

  /** Gradients of the batches' losses together, into {@link gradients}. */
  async run(batches: readonly Batch[]): Promise<StepLoss> {
    const weights = parameterInputs(this.objective);
    const loss = new LossSum();
    this.#sum.clear();
    for (const batch of batches) {
      if (batch.segments !== undefined) {
        await this.objective.segmented?.run(batch.segments, weights, this.#sum, loss);
        continue;
      }
      const inputs = { ...weights, ...knownInputs(this.compiled.graph, batch.inputs) };
      loss.add(batch.losses, await this.compiled.run(inputs, this.#sum.target()));
      this.#sum.add();
    }
    return loss.result();
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}

/** The weights that learn, as inputs of a run. */
export function parameterInputs({ trained, loss }: Objective): Record<string, Tensor> {
  const used = new Set(loss.graph.parameters);
  return Object.fromEntries([...trained].filter(([name]) => used.has(name)));
}
