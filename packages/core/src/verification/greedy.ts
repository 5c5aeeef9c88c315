import { type DraftTree, ROOT } from "../contract/draft.js";

/** What verification made of a draft. */
export interface Verdict {
  /** Rows of the verify pass to commit: row 0 (the root), then the accepted nodes' rows (node i is row i + 1). */
  readonly path: readonly number[];
  /** The token that the main stream issues after the last accepted one: always right, the next root. */
  readonly bonus: number;
}

/**
 * Greedy acceptance (3.1.5): a draft token is accepted when it is the main stream's argmax after its parent; the walk goes
 * on from it, and the argmax at which it ends is the bonus token. The result is plain greedy decoding's, token for token.
 * Of siblings with the same token the first is taken.
 *
 * @param argmax the main stream's most probable next token by row: row 0 is the root, row i + 1 is node i; undefined for a
 *   row that pruning dropped, which is never accepted.
 */
export function verifyGreedy(draft: DraftTree, argmax: readonly (number | undefined)[]): Verdict {
  const path = [0];
  let at = ROOT;
  let bonus = argmax[0] as number;
  // Parents stand before their children, so one sweep finds the whole path.
  for (let node = 0; node < draft.tokens.length; node++) {
    const next = argmax[node + 1];
    if (draft.parents[node] === at && draft.tokens[node] === bonus && next !== undefined) {
      at = node;
      path.push(node + 1);
      bonus = next;
    }
  }
  return { path, bonus };
}
