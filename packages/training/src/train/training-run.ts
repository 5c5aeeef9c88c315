import { AbortedError, type Float32Tensor, NotFiniteError } from "@anabranch/core";
import { type Batch, epochBatches } from "../batches/index.js";
import { AdamW, gradientNorm, parameterGroup, rateAt } from "../optimiser/index.js";
import type { Epochs } from "./epochs.js";
import { GradientStep } from "./gradient-step.js";
import { HeldOut } from "./held-out.js";
import type { Objective } from "./objective.js";
import { type HeldOutMeasure, Pace } from "./progress.js";
import { checkSameRun, type RunDescription } from "./run-description.js";
import type { TrainSettings } from "./settings.js";
import type { TrainOptions } from "./train.js";

/** The loop: batches in, optimiser steps, measurements and checkpoints in between. */
export class TrainingRun {
  readonly steps: number;
  readonly #optimiser: AdamW;
  readonly #pace = new Pace();
  #step = 0;
  #best: number | undefined;

  constructor(
    readonly options: TrainOptions,
    readonly objective: Objective,
    readonly settings: TrainSettings,
    readonly epochs: Epochs,
    readonly description: string,
  ) {
    this.steps = epochs.steps();
    const group = (name: string, shape: readonly number[]) => parameterGroup(name, shape, settings.embeddingRate);
    this.#optimiser = new AdamW(settings, objective.trained, group);
  }

  /** @returns the last measurement on held-out examples, if there are any. */
  async run(description: RunDescription): Promise<HeldOutMeasure | undefined> {
    await this.#resume(description);
    const gradient = await GradientStep.compile(this.options.runtime, this.objective);
    const heldOut = await this.#compileHeldOut();
    try {
      let measure: HeldOutMeasure | undefined;
      while (this.#step < this.steps) {
        if (this.options.signal?.aborted === true) await this.#stop();
        measure = await this.#stepOnce(gradient, heldOut);
      }
      return measure ?? (await heldOut?.measure());
    } finally {
      await gradient.dispose();
      await heldOut?.dispose();
    }
  }

  async #stepOnce(gradient: GradientStep, heldOut: HeldOut | undefined): Promise<HeldOutMeasure | undefined> {
    const started = performance.now();
    const batches = await this.objective.batches(this.epochs.at(this.#step));
    const { loss, losses } = await gradient.run(batches);
    const norm = gradientNorm(gradient.gradients.values());
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw notFinite(this.#step + 1, loss);
    const { learningRate: peak, warmUpSteps, clipNorm } = this.settings;
    const learningRate = peak * rateAt(this.#step, this.steps, warmUpSteps);
    this.#optimiser.step(gradient.gradients, learningRate, Math.min(1, clipNorm / (norm + 1e-6)));
    this.#step++;
    this.#pace.add(rowsOf(batches), (performance.now() - started) / 1000);
    const measure = this.#due(this.settings.heldOutEvery) ? await heldOut?.measure() : undefined;
    if (measure !== undefined) await this.#keepBest(measure);
    if (this.#due(this.settings.checkpointEvery)) await this.#save();
    this.options.onProgress?.({
      step: this.#step,
      steps: this.steps,
      loss,
      losses,
      learningRate,
      gradientNorm: norm,
      rowsPerSecond: this.#pace.rowsPerSecond(),
      secondsLeft: this.#pace.secondsLeft(this.steps - this.#step),
      ...(measure === undefined ? {} : { heldOut: measure }),
    });
    return measure;
  }

  /** At every multiple, and at the end. */
  #due(every: number): boolean {
    return this.#step === this.steps || (every > 0 && this.#step % every === 0);
  }

  async #compileHeldOut(): Promise<HeldOut | undefined> {
    const { heldOut = [], runtime } = this.options;
    if (heldOut.length === 0) return undefined;
    const order = epochBatches(heldOut, 0, this.settings).slice(0, Math.max(1, this.settings.heldOutBatches));
    const batches: Batch[] = [];
    const { objective } = this;
    for (const examples of order) {
      batches.push(...(await (objective.measured?.(examples) ?? objective.batches(examples))));
    }
    return HeldOut.compile(runtime, this.objective, batches);
  }

  async #resume(description: RunDescription): Promise<void> {
    const state = this.options.resume === true ? await this.options.checkpoint?.load() : undefined;
    if (state === undefined) return;
    checkSameRun(state.run, description);
    const targets = new Map([...this.objective.trained].map(([name, { data }]) => [name, data]));
    for (const [name, data] of this.#optimiser.moments()) targets.set(name, data);
    for (const [name, data] of targets) data.set((state.tensors.get(name) as Float32Tensor).data);
    this.#optimiser.resumeAt(state.step);
    this.#step = state.step;
    this.#best = state.best;
  }

  async #save(): Promise<void> {
    const tensors = new Map(this.objective.trained);
    for (const [name, data] of this.#optimiser.moments()) {
      tensors.set(name, { format: "f32", shape: [data.length], data });
    }
    await this.options.checkpoint?.save({ step: this.#step, best: this.#best, run: this.description, tensors });
  }

  /** Best by Eq. 5's loss on held-out examples: smoother than acceptance, and it goes with it. */
  async #keepBest({ losses }: HeldOutMeasure): Promise<void> {
    const value = losses.reduce((sum, loss) => sum + loss, 0);
    if (this.#best !== undefined && value >= this.#best) return;
    this.#best = value;
    await this.options.checkpoint?.saveBest(this.objective.trained, this.#step);
  }

  async #stop(): Promise<never> {
    await this.#save();
    const saved = this.options.checkpoint === undefined ? "" : " Its state is saved: resume to go on.";
    throw new AbortedError(`Training was stopped after step ${this.#step} of ${this.steps}.${saved}`);
  }
}

function notFinite(step: number, loss: number): NotFiniteError {
  return new NotFiniteError(`Training failed at step ${step}: the loss is ${loss}, or a gradient is not finite.`, {
    subject: `step ${step}`,
    cure: "Resume from the last checkpoint with a lower learning rate, or a smaller clipNorm.",
  });
}

function rowsOf(batches: readonly Batch[]): number {
  return batches.reduce((sum, { rows }) => sum + rows, 0);
}
