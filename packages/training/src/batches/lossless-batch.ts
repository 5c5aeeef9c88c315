import { type ModelSpec, passNames, type StreamSpec, type Tensor } from "@anabranch/core";
import type { BaseStatesGraph } from "../graphs/index.js";
import type { ForestStates, RowStates } from "../states/index.js";
import { type Batch, branchRows, int32, longest, putTargets } from "./batch.js";
import { LossTargets } from "./loss-targets.js";
import { streamNumbers } from "./stream-numbers.js";
import { tokensBefore } from "./tokens-before.js";
import { Visibility } from "./visibility.js";

export interface LosslessBatchOptions {
  readonly spec: ModelSpec;
  readonly streams: StreamSpec;
  readonly outputs: BaseStatesGraph;
  /** α_j of Eq. 5. */
  readonly weights: readonly number[];
  /** A token's place in the draft vocabulary, -1 where it is not there: such targets do not count. Absent: all tokens. */
  readonly draftIndex?: Int32Array;
  /** Rows with streams in one run, over the whole batch, at most. */
  readonly sliceRows: number;
}

/** Streams beside the branch rows of a batch, in as many runs as `sliceRows` asks for; their gradients add up. */
export function losslessBatches(all: readonly ForestStates[], options: LosslessBatchOptions): Batch[] {
  const forests = all.map(({ forest }) => forest);
  const past = pastInputs(all, options);
  const rows = longest(forests, branchRows);
  const targets = new LossTargets("streams", all.length, rows, options.streams.gamma);
  forests.forEach((forest, entry) => {
    putTargets(entry, forest, undefined, targets, options.draftIndex);
  });
  targets.weigh(options.weights);
  const slice = Math.max(1, Math.floor(options.sliceRows / all.length));
  const batches: Batch[] = [];
  for (let from = 0; from < rows; from += slice) {
    const to = Math.min(rows, from + slice);
    const own = targets.slice(from, to);
    batches.push({
      inputs: { ...past.inputs, ...streamInputs(all, past.slots, from, to, options), ...own.inputs() },
      losses: [own],
      // Main rows, once each: a prompt's rows belong to its batch's first slice.
      rows: forests.reduce(
        (sum, forest) => sum + Math.max(0, Math.min(to, branchRows(forest)) - from) + (from === 0 ? forest.shared : 0),
        0,
      ),
    });
  }
  return batches;
}

/** Keys and values of the MSA layers: [batch, slots, kv width], shared rows first, then the branches, as in the forest. */
function pastInputs(
  all: readonly ForestStates[],
  { spec, outputs }: LosslessBatchOptions,
): { slots: number; inputs: Record<string, Tensor> } {
  const slots = longest(
    all.map(({ forest }) => forest),
    ({ tokens }) => tokens.length,
  );
  const width = spec.kvHeads * spec.headSize;
  const inputs: Record<string, Tensor> = {};
  for (const [index, { layer }] of outputs.keysAndValues.entries()) {
    const keys = new Float32Array(all.length * slots * width);
    const values = new Float32Array(keys.length);
    all.forEach(({ shared, branches }, entry) => {
      let at = entry * slots * width;
      for (const { rows, keysAndValues } of [shared, ...branches]) {
        keys.set(keysAndValues[2 * index] as Float32Array, at);
        values.set(keysAndValues[2 * index + 1] as Float32Array, at);
        at += rows * width;
      }
    });
    inputs[passNames.pastKeys(layer)] = { shape: [all.length, slots, width], data: keys };
    inputs[passNames.pastValues(layer)] = { shape: [all.length, slots, width], data: values };
  }
  return { slots, inputs };
}

/** States, positions and sight of the branch rows from .. to-1 of every entry. */
function streamInputs(
  all: readonly ForestStates[],
  slots: number,
  from: number,
  to: number,
  { spec, streams, outputs }: LosslessBatchOptions,
): Record<string, Tensor> {
  const rows = to - from;
  const { gamma } = streams;
  const hidden = new Float32Array(all.length * rows * spec.hiddenSize);
  const positions = new Int32Array(all.length * rows * gamma);
  const seen = new Visibility(all.length, rows, slots);
  const forests = all.map(({ forest }) => forest);
  all.forEach(({ forest, branches }, entry) => {
    forest.branches.forEach(({ start, targets }, index) => {
      const states = branches[index] as RowStates & { hidden: Float32Array };
      for (let i = 0; i < targets.length; i++) {
        const row = start - forest.shared + i - from;
        if (row < 0 || row >= rows) continue;
        const state = states.hidden.subarray(i * spec.hiddenSize, (i + 1) * spec.hiddenSize);
        hidden.set(state, (entry * rows + row) * spec.hiddenSize);
        const at = (entry * rows + row) * gamma;
        positions.fill(forest.positions[start + i] as number, at, at + gamma);
        seen.show(entry, row, 0, forest.shared);
        seen.show(entry, row, start, start + i + 1);
      }
    });
    for (let row = Math.max(0, branchRows(forest) - from); row < rows; row++) seen.show(entry, row, 0, 1);
  });
  return {
    [outputs.hidden]: { shape: [all.length, rows, spec.hiddenSize], data: hidden },
    [passNames.positions("streams")]: int32([all.length, rows * gamma], positions),
    ...streamNumbers("streams", gamma, all.length, rows * gamma),
    ...(streams.markov && tokensBefore(forests, gamma, from, to)),
    [passNames.bias("streams", "past")]: seen.tensor(),
  };
}
