import type { CompiledGraph, GraphRuntime, Tensor } from "@anabranch/core";
import type { Batch, LossTargets } from "../batches/index.js";
import { knownInputs, lossNames } from "../graphs/index.js";
import { parameterInputs } from "./gradient-step.js";
import type { Objective } from "./objective.js";
import type { HeldOutMeasure } from "./progress.js";

/** Measures the objective on the same held-out batches again and again. */
export class HeldOut {
  private constructor(
    readonly objective: Objective,
    readonly batches: readonly Batch[],
    readonly compiled: CompiledGraph,
  ) {}

  static async compile(runtime: GraphRuntime, objective: Objective, batches: readonly Batch[]): Promise<HeldOut> {
    const { graph, sets } = objective.loss;
    const outputs = sets.flatMap((set) => [lossNames.logProb(set), lossNames.guess(set)]);
    const constants = new Map([...objective.constants].filter(([name]) => graph.parameters.includes(name)));
    return new HeldOut(objective, batches, await runtime.compile(graph, { constants, outputs }));
  }

  async measure(): Promise<HeldOutMeasure> {
    const weights = parameterInputs(this.objective);
    const total = new Totals(this.objective.draftVocabulary);
    for (const batch of this.batches) {
      const inputs = { ...weights, ...knownInputs(this.compiled.graph, batch.inputs) };
      total.add(batch.losses, await this.compiled.run(inputs));
    }
    return total.measure();
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}

/** Sums over batches, a target counting the same wherever it stands. */
class Totals {
  readonly #counts: number[] = [];
  readonly #losses: number[] = [];
  readonly #right: number[] = [];
  #rows = 0;
  #accepted = 0;

  constructor(readonly draftVocabulary: Int32Array | undefined) {}

  add(losses: readonly LossTargets[], outputs: Readonly<Record<string, Tensor>>): void {
    let member = 0;
    for (const targets of losses) {
      const meanLosses = targets.losses((outputs[lossNames.logProb(targets.set)] as Tensor).data);
      const accuracies = targets.accuracies((outputs[lossNames.guess(targets.set)] as Tensor).data);
      targets.counts().forEach((count, index) => {
        if (count > 0) {
          this.#counts[member] = (this.#counts[member] ?? 0) + count;
          this.#losses[member] = (this.#losses[member] ?? 0) + count * (meanLosses[index] as number);
          this.#right[member] = (this.#right[member] ?? 0) + count * (accuracies[index] as number);
        }
        member++;
      });
    }
    const streams = losses.find(({ set }) => set === "streams");
    if (streams !== undefined) this.#addAcceptance(streams, losses, outputs);
  }

  measure(): HeldOutMeasure {
    const means = (sums: readonly number[]): number[] =>
      sums.map((sum, index) => sum / (this.#counts[index] as number));
    return {
      losses: means(this.#losses),
      accuracies: means(this.#right),
      acceptance: 1 + (this.#rows === 0 ? 0 : this.#accepted / this.#rows),
    };
  }

  /** What a stream's guess is to the main stream. */
  #token(guess: number): number | undefined {
    return this.draftVocabulary === undefined ? guess : this.draftVocabulary[guess];
  }

  /** Streams 1, 2, ... of a row as long as they guess what the main stream guesses 1, 2, ... rows later. */
  #addAcceptance(
    streams: LossTargets,
    losses: readonly LossTargets[],
    outputs: Readonly<Record<string, Tensor>>,
  ): void {
    const guesses = (outputs[lossNames.guess("streams")] as Tensor).data;
    const main = losses.find(({ set }) => set === "group");
    const mainGuesses = main === undefined ? undefined : (outputs[lossNames.guess("group")] as Tensor).data;
    for (let row = 0; row < streams.batch * streams.rows; row++) {
      const first = row * streams.perRow;
      if (streams.counted[first] === 0) continue;
      this.#rows++;
      for (let j = 0; j < streams.perRow && streams.counted[first + j] === 1; j++) {
        const guess = guesses[first + j] as number;
        const wanted = mainGuesses === undefined ? streams.targets[first + j] : mainGuesses[row + j + 1];
        if (mainGuesses === undefined ? guess !== wanted : this.#token(guess) !== wanted) break;
        this.#accepted++;
      }
    }
  }
}
