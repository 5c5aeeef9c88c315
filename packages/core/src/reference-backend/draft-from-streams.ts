import type { DraftLimit, DraftTree } from "../contract/index.js";
import { InvalidArgumentError } from "../errors/index.js";
import { type TreeContext, topKTree, treeWidth } from "../tree/top-k-tree.js";
import type { RankedTokens } from "../tree/transitions.js";
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
export function draftFromStreams(
  streamLogits: readonly Float64Array[],
  limit: DraftLimit,
  context: TreeContext,
): DraftTree {
  const width = treeWidth(limit, context.transitions);
  const levels = streamLogits.map((logits): RankedTokens => {
    const logProbs = logSoftmax(logits);
    const tokens = rankedTokens(logProbs).slice(0, width);
    return { tokens, logProbs: tokens.map((token) => logProbs[token] as number) };
  });
  return topKTree(levels, limit, context);
}
