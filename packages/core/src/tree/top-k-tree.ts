import { type DraftLimit, type DraftTree, ROOT } from "../contract/draft.js";
import { bestFirstTree } from "./best-first-tree.js";
import { cutToBudget } from "./budgeted-prefix.js";
import type { RankedTokens, Transitions } from "./transitions.js";

/** Best tokens of a stream that transitions choose children from, where k is smaller. */
export const TRANSITION_CANDIDATES = 8;

/** How many of each stream's best tokens a tree is built from. */
export function treeWidth({ topK, transitions = true }: DraftLimit, counted: Transitions | undefined): number {
  return counted !== undefined && transitions ? Math.max(topK, TRANSITION_CANDIDATES) : topK;
}

/** What was counted, and the token that the tree stands under. */
export interface TreeContext {
  readonly transitions: Transitions | undefined;
  readonly bonus: number;
}

/**
 * The draft tree of streams. Streams do not know each other: level j holds the top-k tokens of stream j under EVERY node of
 * level j - 1 (3.1.2). Where transitions were counted, the token before decides along with the stream which those are,
 * and below the last stream the tree goes on with what was counted alone, down to `limit.depth`.
 *
 * @param levels for stream j = 1..γ the best tokens with log-probabilities, best first, {@link treeWidth} of them.
 */
export function topKTree(levels: readonly RankedTokens[], limit: DraftLimit, context?: TreeContext): DraftTree {
  const tree = wholeTree(levels, limit, context);
  return limit.budget === undefined ? tree : cutToBudget(tree, limit.budget);
}

function wholeTree(levels: readonly RankedTokens[], limit: DraftLimit, context?: TreeContext): DraftTree {
  const { nodes, topK, depth = levels.length } = limit;
  const counted = limit.transitions === false ? undefined : context?.transitions;
  if (counted === undefined || context === undefined) {
    return bestFirstTree({ nodes, topK, depth: Math.min(depth, levels.length) }, ({ level }) => levels[level]);
  }
  return bestFirstTree({ nodes, topK, depth }, ({ node, level, tokens, parents }) => {
    const last = node === ROOT ? context.bonus : (tokens[node] as number);
    const best = levels[level];
    if (best !== undefined) return counted.adjusted(best, last);
    if (node === ROOT) return undefined;
    const before = parents[node] as number;
    return counted.next(before === ROOT ? context.bonus : (tokens[before] as number), last);
  });
}
