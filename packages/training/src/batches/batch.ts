import type { Tensor } from "@anabranch/core";
import type { SegmentedBatch } from "../segments/segments.js";
import type { Forest } from "./forest.js";
import type { LossTargets } from "./loss-targets.js";

/** α_0 and α_j of Eq. 5. */
export interface LossWeights {
  /** α_0 */
  readonly main: number;
  /** α_j, one for each stream. */
  readonly streams: readonly number[];
}

/** What main rows and streams are held against in shared mode. */
export interface SharedGoals extends LossWeights {
  /** A token's place in the draft vocabulary, -1 where it is not there: such targets of streams do not count. Absent: all tokens. */
  readonly draftIndex?: Int32Array;
  /** Whether streams have a Markov head, which takes the tokens before theirs. */
  readonly markov: boolean;
}

/** What one run of a loss graph is given. */
export interface Batch {
  /** Inputs of the loss graph and of its gradient. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly losses: readonly LossTargets[];
  /** Main rows without padding. */
  readonly rows: number;
  /** Where the batch is to go in segments: `inputs` and `losses` are empty then. */
  readonly segments?: SegmentedBatch;
}

/** The longest of the forests, at least 1: runtimes dislike empty axes. */
export function longest(forests: readonly Forest[], length: (forest: Forest) => number): number {
  return Math.max(1, ...forests.map(length));
}

export function int32(shape: readonly number[], data: Int32Array): Tensor {
  return { shape, data };
}

/** Rows of the branches: those that have targets. */
export function branchRows({ tokens, shared }: Forest): number {
  return tokens.length - shared;
}

/**
 * Puts what each branch row predicts: the main stream the next token, stream j the one j further, if there is one and the draft
 * vocabulary has it.
 */
export function putTargets(
  entry: number,
  { branches, shared }: Forest,
  main: LossTargets | undefined,
  streams?: LossTargets,
  draftIndex?: Int32Array,
): void {
  for (const { start, targets } of branches) {
    for (let i = 0; i < targets.length; i++) {
      const row = start - shared + i;
      main?.put(entry, row, 0, targets[i] as number);
      if (streams === undefined) continue;
      for (let j = 1; j <= streams.perRow && i + j < targets.length; j++) {
        const token = targets[i + j] as number;
        const target = draftIndex === undefined ? token : (draftIndex[token] as number);
        if (target >= 0) streams.put(entry, row, j - 1, target);
      }
    }
  }
}
