import { ROOT } from "../contract/draft.js";
import { followTree, type Verifier } from "./verifier.js";

/**
 * Exact sampling by rejection (3.1.5, Eqs. 7 and 8 of A.1; over siblings: Jeon et al., arXiv 2402.14160): children are tried in
 * order, and a refused one leaves a residual of the target, by token id, in which the next is tried; where all are
 * refused, the residual gives the token.
 *
 * A node that was chosen without chance, as those of top-k trees are, is a point mass: accepted with its probability in the
 * residual p, and dropped from p when refused. Where the draft says which distribution q its siblings were drawn from
 * without replacement ({@link DraftTree.drawnFrom}), one is accepted with probability min(1, p / q); when refused, p becomes
 * max(0, p - q), and q loses the node. A sibling with a token that q has not got (any more) is passed over.
 *
 * Each text has its true probability, but which text a seed gives depends on the drafts. It accepts more than
 * `verifyCoupled` where drafts are drawn at random, and as much where they are not.
 */
export const verifyByRejection: Verifier = (given) => {
  const { draft, noise, target } = given;
  return followTree(given, (path, children, position) => {
    const row = path.at(-1) as number;
    const drawnFrom = draft.drawnFrom?.get(row === 0 ? ROOT : row - 1);
    const p = target(path);
    const q = drawnFrom?.slice();
    for (const [index, node] of children.entries()) {
      const token = draft.tokens[node] as number;
      if (q !== undefined && !((q[token] as number) > 0)) continue;
      const share = (p[token] as number) / sum(p);
      const odds = q === undefined ? share : share / ((q[token] as number) / sum(q));
      if (noise.uniform(position, index) < odds) return token;
      if (q === undefined) p[token] = 0;
      // Rounding can leave nothing of two distributions that are equal: then the token was right.
      else if (!subtract(p, q)) return token;
      else q[token] = 0;
    }
    return noise.draw(p, position);
  });
};

/** p becomes max(0, p - q), both taken as normalised. @returns whether anything is left */
function subtract(p: Float64Array, q: Float64Array): boolean {
  const [ofP, ofQ] = [sum(p), sum(q)];
  let left = false;
  for (let token = 0; token < p.length; token++) {
    const rest = (p[token] as number) / ofP - (q[token] as number) / ofQ;
    p[token] = Math.max(0, rest);
    left ||= rest > 0;
  }
  return left;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let token = 0; token < values.length; token++) total += values[token] as number;
  return total;
}
