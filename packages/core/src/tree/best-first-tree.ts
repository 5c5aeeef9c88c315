import { type DraftTree, ROOT } from "../contract/draft.js";
import { Frontier } from "./frontier.js";
import type { RankedTokens } from "./transitions.js";

export interface BestFirstLimit {
  readonly nodes: number;
  readonly topK: number;
  /** Levels. */
  readonly depth: number;
}

/**
 * The tree of the `limit.nodes` most probable nodes by joint probability.
 *
 * Nodes come best first, so a parent always precedes its children (a child is never more probable than its parent), and a
 * smaller limit gives a prefix of a larger limit's tree.
 *
 * @param childrenOf candidates below a node (ROOT or its index in the tree), whose children are at `level`, best first;
 *   asked once a node that is kept
 */
export function bestFirstTree(limit: BestFirstLimit, childrenOf: ChildrenOf): DraftTree {
  const tokens: number[] = [];
  const parents: number[] = [];
  const logProbs: number[] = [];
  const frontier = new Frontier();
  /** By node; those of the root stand first. */
  const children: (RankedTokens | undefined)[] = [];
  const offer = (parent: number, level: number, rank: number, parentJoint: number): void => {
    const ranked = children[parent + 1];
    if (ranked === undefined || rank >= Math.min(limit.topK, ranked.tokens.length)) return;
    frontier.push({ parent, level, rank, joint: parentJoint + (ranked.logProbs[rank] as number) });
  };
  const expand = (node: number, level: number, joint: number): void => {
    children.push(level < limit.depth ? childrenOf({ node, level, tokens, parents }) : undefined);
    offer(node, level, 0, joint);
  };
  expand(ROOT, 0, 0);
  while (tokens.length < limit.nodes) {
    const next = frontier.pop();
    if (next === undefined) break;
    const { parent, level, rank, joint } = next;
    const ranked = children[parent + 1] as RankedTokens;
    const own = ranked.logProbs[rank] as number;
    const index = tokens.push(ranked.tokens[rank] as number) - 1;
    parents.push(parent);
    logProbs.push(own);
    offer(parent, level, rank + 1, joint - own);
    expand(index, level + 1, joint);
  }
  return { tokens, parents, logProbs };
}

/** Where in the growing tree children are wanted. */
export interface Growth {
  readonly node: number;
  readonly level: number;
  readonly tokens: readonly number[];
  readonly parents: readonly number[];
}

export type ChildrenOf = (growth: Growth) => RankedTokens | undefined;
