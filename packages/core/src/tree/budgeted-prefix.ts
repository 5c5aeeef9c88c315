import type { DraftBudget, DraftTree } from "../contract/draft.js";
import { draftDepths, firstNodes, jointLogProbs } from "./draft-tree.js";

/** Nodes of a tree that come best first, and what they promise. */
export interface Prefix {
  readonly nodes: number;
  /** Expected tokens of the step: the bonus token, and each node as often as it is accepted. */
  readonly tokens: number;
  /** Of the whole step, drafting included. */
  readonly milliseconds: number;
}

/** What a node adds to the expected tokens of a step: the probability that it is accepted. */
export function gainOf(joint: number, level: number, { confidence }: DraftBudget): number {
  return Math.min(1, Math.exp(joint) * (confidence?.[level - 1] ?? 1));
}

/**
 * How many of the first nodes to verify: the prefix of most expected tokens a millisecond, or where the budget has a rate the one
 * that gains most over it; the shortest of equal ones.
 *
 * @param gains by node, see {@link gainOf}
 * @param grown milliseconds that the levels of the tree have cost
 */
export function bestPrefix(gains: readonly number[], { steps, drafting, rate }: DraftBudget, grown = 0): Prefix {
  const spent = drafting + grown;
  let tokens = 1;
  let best: Prefix = { nodes: 0, tokens, milliseconds: spent + (steps[0] as number) };
  for (let nodes = 1; nodes <= Math.min(gains.length, steps.length - 1); nodes++) {
    tokens += gains[nodes - 1] as number;
    const milliseconds = spent + (steps[nodes] as number);
    const gained =
      rate === undefined
        ? tokens * best.milliseconds - best.tokens * milliseconds
        : tokens - best.tokens - rate * (milliseconds - best.milliseconds);
    if (gained > 0) best = { nodes, tokens, milliseconds };
  }
  return best;
}

/** The best prefix of a tree whose nodes come best first, with what it is predicted to take. */
export function cutToBudget(tree: DraftTree, budget: DraftBudget): DraftTree {
  const { nodes, milliseconds } = bestPrefix(gainsOf(tree, budget), budget);
  return { ...firstNodes(tree, nodes), predicted: milliseconds };
}

/** Tokens that a step with this tree is expected to give. */
export function expectedTokens(tree: DraftTree, budget: DraftBudget): number {
  return gainsOf(tree, budget).reduce((sum, gain) => sum + gain, 1);
}

/** By node, see {@link gainOf}. */
export function gainsOf(tree: DraftTree, budget: DraftBudget): number[] {
  const depths = draftDepths(tree);
  return Array.from(jointLogProbs(tree), (joint, node) => gainOf(joint, depths[node] as number, budget));
}
