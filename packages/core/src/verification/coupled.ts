import { followTree, type Verifier } from "./verifier.js";

/**
 * Exact sampling, "sample, then follow the tree": the token at a position is drawn from the target distribution with the
 * noise of that position, and the draft is right where it holds that token. So the text is what plain sampling with the same
 * seed writes, token for token, for any draft that was made without that noise.
 *
 * Children of probabilities p_i in the target are accepted with probability Σ p_i: as often as rejection sampling (3.1.5,
 * Eqs. 7 and 8) accepts them when each is a point mass, which is what a top-k tree's nodes are.
 */
export const verifyCoupled: Verifier = (given) =>
  followTree(given, (path, _, position) => given.noise.draw(given.target(path), position));
