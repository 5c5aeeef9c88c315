import { markovNames, type Tensor } from "@anabranch/core";
import { int32 } from "./batch.js";
import type { Forest } from "./forest.js";

/**
 * What a Markov head is given beside the branch rows from .. to-1: for stream j of a row the token before its target, x_{j-1},
 * where x_0 is what the main stream issues at the row; 0 past the end. [batch, rows * γ]
 */
export function tokensBefore(
  forests: readonly Forest[],
  gamma: number,
  from: number,
  to: number,
): Record<string, Tensor> {
  const rows = to - from;
  const before = new Int32Array(forests.length * rows * gamma);
  forests.forEach(({ branches, shared }, entry) => {
    for (const { start, targets } of branches) {
      for (let i = 0; i < targets.length; i++) {
        const row = start - shared + i - from;
        if (row < 0 || row >= rows) continue;
        const at = (entry * rows + row) * gamma;
        for (let j = 0; j < gamma; j++) before[at + j] = (targets[i + j] as number | undefined) ?? 0;
      }
    }
  });
  return { [markovNames.tokens]: int32([forests.length, rows * gamma], before) };
}
