import type { Tensor } from "@anabranch/core";
import type { LossTargets } from "../batches/index.js";
import { lossNames } from "../graphs/index.js";

/** Loss of one optimiser step, over all of its runs. */
export interface StepLoss {
  /** Eq. 5. */
  readonly loss: number;
  /** Mean -log p by member: main stream (where it is there), then each stream. */
  readonly losses: readonly number[];
}

/** Sums the losses of runs; a target counts the same in whichever run it stands. */
export class LossSum {
  #loss = 0;
  readonly #members: { total: number; count: number }[] = [];

  add(losses: readonly LossTargets[], outputs: Readonly<Record<string, Tensor>>): void {
    let member = 0;
    for (const targets of losses) {
      const logProbs = (outputs[lossNames.logProb(targets.set)] as Tensor).data;
      for (let at = 0; at < logProbs.length; at++) {
        this.#loss += (logProbs[at] as number) * (targets.seeds[at] as number);
      }
      const means = targets.losses(logProbs);
      for (const [stream, count] of targets.counts().entries()) {
        this.#members[member] ??= { total: 0, count: 0 };
        const sum = this.#members[member] as { total: number; count: number };
        if (count > 0) sum.total += (means[stream] as number) * count;
        sum.count += count;
        member++;
      }
    }
  }

  result(): StepLoss {
    return { loss: this.#loss, losses: this.#members.map(({ total, count }) => total / count) };
  }
}
