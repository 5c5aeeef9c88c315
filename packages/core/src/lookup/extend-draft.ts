import { type DraftTree, ROOT } from "../contract/draft.js";
import { jointLogProbs } from "../tree/draft-tree.js";
import { pairOf } from "./pair.js";

/** How far a draft is extended. */
export interface ExtendLimit {
  /** Tokens below a node, at most. */
  readonly most: number;
  /** Levels in all. */
  readonly depth: number;
  /** Levels for whose tokens streams had a say: what they did not name there is less likely. */
  readonly known: number;
  /** Joint probability of tokens below the bonus token: where it is smaller a continuation ends. 0 when absent. */
  readonly least?: number;
}

/** Tokens one below the other, and the log-probability of each after the one above it. */
export interface Continuation {
  readonly tokens: readonly number[];
  readonly logProbs: readonly number[];
}

/** How long a continuation may be: so many tokens, and those of at least so much joint probability. */
export type Reach = Readonly<Record<"most" | "least", number>>;

/**
 * What may follow the tokens down to a node.
 * @param unheard whether streams drafted for the next place, and not this token
 */
export type Follow = (
  path: readonly number[],
  reach: Reach,
  unheard: (token: number) => boolean,
) => Continuation | undefined;

/**
 * A draft of streams with what someone else says about the same text: below the bonus token, and below each of the draft's nodes.
 * Streams say how a phrase begins, and others how it goes on. Nodes keep their places; what is added comes behind them, and may
 * stand there twice.
 */
export function extendDraft(
  draft: DraftTree,
  { most, depth, known, least = 0 }: ExtendLimit,
  follow: Follow,
): DraftTree {
  const [tokens, parents, logProbs] = [[...draft.tokens], [...draft.parents], [...draft.logProbs]];
  const named = new Set(draft.tokens.map((token, node) => pairOf(draft.parents[node] as number, token)));
  const joints = jointLogProbs(draft);
  const add = (path: readonly number[], node: number): void => {
    // Below a node that is itself unlikely little is left to be likely enough.
    const reach = { most: Math.min(most, depth - path.length), least: least / Math.exp(joints[node] ?? 0) };
    const unheard = (token: number): boolean => path.length < known && !named.has(pairOf(node, token));
    const found = reach.most < 1 || reach.least > 1 ? undefined : follow(path, reach, unheard);
    found?.tokens.forEach((token, index) => {
      parents.push(index === 0 ? node : tokens.length - 1);
      tokens.push(token);
      logProbs.push(found.logProbs[index] as number);
    });
  };
  add([], ROOT);
  const paths: (readonly number[])[] = [];
  draft.tokens.forEach((token, node) => {
    const parent = draft.parents[node] as number;
    const path = [...(parent === ROOT ? [] : (paths[parent] as readonly number[])), token];
    paths.push(path);
    add(path, node);
  });
  return { tokens, parents, logProbs };
}
