import { type DraftTree, ROOT } from "../contract/draft.js";
import type { Noise } from "../sampling/noise.js";
import type { Verdict } from "./greedy.js";

/** A draft after its pass, and what tokens are drawn from. */
export interface Verification {
  readonly draft: DraftTree;
  /** Whether a row can be committed, or was dropped by pruning: row 0 is the root, row i + 1 is node i. */
  readonly survived: (row: number) => boolean;
  /**
   * The target distribution of the token after the last row of a path that begins at row 0 and goes from parent to child.
   * [vocabulary], sums to 1; the caller may write to it, and the next call does.
   */
  readonly target: (path: readonly number[]) => Float64Array;
  readonly noise: Noise;
  /** Position of the token after row 0, for the noise. */
  readonly position: number;
}

/** Decides which nodes of a draft become text, and which token follows them. */
export type Verifier = (given: Verification) => Verdict;

/**
 * Walks down a draft: chooses the token after each row, and follows the tree as long as it holds that token. A token whose
 * row was dropped is text as well: the bonus token.
 */
export function followTree(
  given: Verification,
  choose: (path: readonly number[], children: readonly number[], position: number) => number,
): Verdict {
  const path = [0];
  for (;;) {
    const children = childrenOf(given.draft, path.at(-1) as number);
    const bonus = choose(path, children, given.position + path.length - 1);
    const next = children.find((node) => given.draft.tokens[node] === bonus && given.survived(node + 1));
    if (next === undefined) return { path, bonus };
    path.push(next + 1);
  }
}

/** Nodes below a row, in order. */
export function childrenOf({ parents }: DraftTree, row: number): number[] {
  const children: number[] = [];
  const parent = row === 0 ? ROOT : row - 1;
  // Parents stand before their children.
  for (let node = row; node < parents.length; node++) if (parents[node] === parent) children.push(node);
  return children;
}
