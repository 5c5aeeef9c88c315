import type { CompiledGraph, Graph, GraphRuntime, Tensor } from "@anabranch/core";
import type { Batch } from "../batches/index.js";
import { differentiate, gradientName } from "../differentiate/index.js";
import { lossNames, seedsOf } from "../graphs/index.js";
import type { Objective } from "./objective.js";

/** Loss and gradients of one optimiser step. */
export interface GradientResult {
  /** Eq. 5. */
  readonly loss: number;
  /** Mean -log p by member: main stream (where it is there), then each stream. */
  readonly losses: readonly number[];
}

/** Runs the differentiated loss graph; the gradients lie in arrays that are used again in every step. */
export class GradientStep {
  /** By parameter. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly #into: Record<string, Tensor> = {};
  #scratch: Record<string, Tensor> | undefined;

  private constructor(
    readonly objective: Objective,
    readonly compiled: CompiledGraph,
  ) {
    const gradients = new Map<string, Float32Array>();
    for (const [name, { shape, data }] of objective.trained) {
      const gradient = new Float32Array(data.length);
      gradients.set(name, gradient);
      this.#into[gradientName(name)] = { shape, data: gradient };
    }
    this.gradients = gradients;
  }

  static async compile(runtime: GraphRuntime, objective: Objective): Promise<GradientStep> {
    const { graph, sets } = objective.loss;
    const parameters = [...objective.trained.keys()];
    const gradient = differentiate(graph, { seeds: seedsOf(sets), parameters });
    const outputs = [...sets.map(lossNames.logProb), ...parameters.map(gradientName)];
    const constants = new Map([...objective.constants].filter(([name]) => gradient.parameters.includes(name)));
    return new GradientStep(objective, await runtime.compile(gradient, { constants, outputs }));
  }

  /** Gradients of the batches' losses together, into {@link gradients}. */
  async run(batches: readonly Batch[]): Promise<GradientResult> {
    const weights = parameterInputs(this.objective);
    const logProbs: Record<string, Tensor>[] = [];
    for (const [index, batch] of batches.entries()) {
      const into = index === 0 ? this.#into : this.#scratchTensors();
      const outputs = await this.compiled.run({ ...weights, ...knownInputs(this.compiled.graph, batch) }, into);
      for (const [name, { data }] of Object.entries(this.#into)) {
        const found = outputs[name]?.data as Float32Array;
        if (index > 0) addInto(data as Float32Array, found);
        else if (found !== data) (data as Float32Array).set(found);
      }
      logProbs.push(outputs);
    }
    return lossOf(batches, logProbs);
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }

  #scratchTensors(): Record<string, Tensor> {
    this.#scratch ??= Object.fromEntries(
      Object.entries(this.#into).map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    );
    return this.#scratch;
  }
}

/** The weights that learn, as inputs of a run. */
export function parameterInputs({ trained, loss }: Objective): Record<string, Tensor> {
  const used = new Set(loss.graph.parameters);
  return Object.fromEntries([...trained].filter(([name]) => used.has(name)));
}

/** A batch's inputs that a graph has: measuring needs no seeds, and a model without MHA layers no lower attention. */
export function knownInputs({ inputs }: Graph, batch: Batch): Record<string, Tensor> {
  return Object.fromEntries(
    inputs.flatMap((name) => (name in batch.inputs ? [[name, batch.inputs[name] as Tensor]] : [])),
  );
}

function addInto(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (more[i] as number);
}

function lossOf(batches: readonly Batch[], outputs: readonly Record<string, Tensor>[]): GradientResult {
  let loss = 0;
  const sums: { total: number; count: number }[] = [];
  batches.forEach((batch, index) => {
    let member = 0;
    for (const targets of batch.losses) {
      const logProbs = outputs[index]?.[lossNames.logProb(targets.set)]?.data as Float32Array;
      for (let at = 0; at < logProbs.length; at++) loss += (logProbs[at] as number) * (targets.seeds[at] as number);
      const counts = targets.counts();
      for (const [stream, mean] of targets.losses(logProbs).entries()) {
        sums[member] ??= { total: 0, count: 0 };
        const sum = sums[member] as { total: number; count: number };
        const count = counts[stream] as number;
        if (count > 0) sum.total += mean * count;
        sum.count += count;
        member++;
      }
    }
  });
  return { loss, losses: sums.map(({ total, count }) => total / count) };
}
