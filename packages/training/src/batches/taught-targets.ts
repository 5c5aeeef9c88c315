import type { Tensor } from "@anabranch/core";
import { lossNames } from "../graphs/index.js";
import type { ForestStates } from "../states/index.js";
import { int32 } from "./batch.js";
import type { LossTargets } from "./loss-targets.js";

/** How much streams learn of what else the main stream would have said (knowledge distillation, Hinton et al. 2015). */
export interface Teaching {
  /** Share of the loss that is over the main stream's distribution; the rest is over the token that it took. 0..1 */
  readonly share: number;
  /** Tokens of that distribution that are kept, the most probable ones. */
  readonly tokens: number;
}

/**
 * Targets with weights in place of single ones: for stream j of a row, the tokens that the main stream found most probable j rows
 * on, weighted by their probabilities among themselves. Tokens outside the draft vocabulary do not count. The first place is the
 * token that was taken. [batch, rows * γ, 1 + tokens]
 *
 * @param targets of the rows from `from` on, weighed
 */
export function taughtInputs(
  all: readonly ForestStates[],
  targets: LossTargets,
  from: number,
  { share, tokens: kept }: Teaching,
  draftIndex: Int32Array | undefined,
): Record<string, Tensor> {
  const { rows, perRow, set } = targets;
  const each = 1 + kept;
  const shape = [all.length, rows * perRow, each];
  const tokens = new Int32Array(all.length * rows * perRow * each);
  const seeds = new Float32Array(tokens.length);
  all.forEach(({ forest, branches }, entry) => {
    forest.branches.forEach(({ start, targets: { length } }, branch) => {
      const taught = branches[branch]?.taught;
      for (let i = 0; i < length; i++) {
        const row = start - forest.shared + i - from;
        if (row < 0 || row >= rows) continue;
        for (let j = 1; j <= perRow; j++) {
          const at = (entry * rows + row) * perRow + j - 1;
          if (targets.counted[at] === 0) continue;
          const seed = targets.seeds[at] as number;
          tokens[at * each] = targets.targets[at] as number;
          seeds[at * each] = seed;
          if (taught === undefined) continue;
          const places = new Int32Array(kept).fill(-1);
          const probabilities = new Float64Array(kept);
          for (let rank = 0; rank < kept; rank++) {
            const token = taught.tokens[(i + j) * kept + rank] as number;
            places[rank] = draftIndex === undefined ? token : (draftIndex[token] as number);
            if (places[rank] !== -1) probabilities[rank] = Math.exp(taught.logProbs[(i + j) * kept + rank] as number);
          }
          const sum = probabilities.reduce((total, probability) => total + probability, 0);
          if (sum === 0) continue;
          seeds[at * each] = seed * (1 - share);
          places.forEach((place, rank) => {
            if (place === -1) return;
            tokens[at * each + 1 + rank] = place;
            seeds[at * each + 1 + rank] = (seed * share * (probabilities[rank] as number)) / sum;
          });
        }
      }
    });
  });
  return {
    [lossNames.taught(set)]: int32(shape, tokens),
    [lossNames.taughtSeed(set)]: { shape, data: seeds },
  };
}
