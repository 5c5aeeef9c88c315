import { epochBatches, type TrainingExample } from "../batches/index.js";
import type { TrainSettings } from "./settings.js";

/** The batches of a whole run, in order; an epoch's order is made when it is reached, and only then. */
export class Epochs {
  #epoch = -1;
  #start = 0;
  #batches: readonly TrainingExample[][] = [];

  constructor(
    readonly examples: readonly TrainingExample[],
    readonly settings: TrainSettings,
  ) {}

  /** Optimiser steps of the run: as set, or all batches of the epochs (a part of an epoch is a part of its batches). */
  steps(): number {
    if (this.settings.steps !== undefined) return this.settings.steps;
    let steps = 0;
    for (let epoch = 0; epoch < this.settings.epochs; epoch++) {
      const part = Math.min(1, this.settings.epochs - epoch);
      steps += Math.ceil(part * epochBatches(this.examples, epoch, this.settings).length);
    }
    return steps;
  }

  /** The examples of a step (from 0). Steps must not go backwards. */
  at(step: number): readonly TrainingExample[] {
    while (step >= this.#start + this.#batches.length) {
      this.#start += this.#batches.length;
      this.#epoch++;
      this.#batches = epochBatches(this.examples, this.#epoch, this.settings);
    }
    return this.#batches[step - this.#start] as TrainingExample[];
  }
}
