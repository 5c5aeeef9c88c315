import type { DraftLimit, DraftTree, TokenLogProbs } from "../contract/index.js";
import { InvalidArgumentError } from "../errors/index.js";
import { topKTree } from "../tree/top-k-tree.js";
import { logSoftmax, rankedTokens } from "./read-row.js";

/** @throws InvalidArgumentError */
export function checkDraftLimit({ nodes, topK, depth }: DraftLimit): void {
  const whole = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;
  if (!whole(nodes, 0) || !whole(topK, 1) || (depth !== undefined && !whole(depth, 0))) {
    throw new InvalidArgumentError(`A draft of ${nodes} nodes, top ${topK}, depth ${depth ?? "γ"} was asked for.`, {
      cure: "Give whole numbers: nodes and depth from 0, topK from 1.",
    });
  }
}

/** The tree under the bonus token: level j from stream j. @param streamLogits [γ][vocabulary] */
export function draftFromStreams(streamLogits: readonly Float64Array[], limit: DraftLimit): DraftTree {
  const levels = streamLogits.map((logits): TokenLogProbs => {
    const logProbs = logSoftmax(logits);
    const best = rankedTokens(logProbs).slice(0, limit.topK);
    const bestLogProbs = Float64Array.from(best, (token) => logProbs[token] as number);
    // topKTree only reads numbers by index, and in float64 fewer of them are equal.
    return { tokens: Int32Array.from(best), logProbs: bestLogProbs as unknown as Float32Array };
  });
  return topKTree(levels, limit);
}
