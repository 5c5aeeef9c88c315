import type { Verdict } from "./greedy.js";
import { childrenOf, type Verification, type Verifier } from "./verifier.js";

/** When a draft token is typical enough: where its probability is above min(epsilon, delta * exp(-entropy)). */
export interface TypicalThreshold {
  /** Default 0.09, Medusa's. */
  readonly epsilon?: number;
  /** Default 0.3, Medusa's: the root of `epsilon`. */
  readonly delta?: number;
}

/**
 * LOSSY: typical acceptance (Medusa, Cai et al., arXiv 2401.10774, 2.3.1). The longest path of typical tokens is accepted, the
 * most probable of equally long ones; the token after it is drawn from the target distribution. The flatter a
 * distribution is, the less a token needs. Faster than exact sampling, but texts do not have the model's probabilities: what
 * is drafted comes too often. At temperature 0 it is greedy decoding, and exact.
 */
export function verifyTypicalLossy({ epsilon = 0.09, delta = 0.3 }: TypicalThreshold = {}): Verifier {
  const longest = (given: Verification, path: readonly number[]): Path => {
    const { draft, survived, target } = given;
    const p = target(path);
    const probability = (node: number): number => p[draft.tokens[node] as number] as number;
    const least = Math.min(epsilon, delta * Math.exp(-entropy(p)));
    const typical = childrenOf(draft, path.at(-1) as number)
      .filter((node) => survived(node + 1) && probability(node) > least)
      .map((node) => ({ row: node + 1, logProb: Math.log(probability(node)) }));
    let best: Path = { path, logProb: 0 };
    for (const { row, logProb } of typical) {
      const below = longest(given, [...path, row]);
      const longer = below.path.length - best.path.length;
      const sum = logProb + below.logProb;
      if (longer > 0 || (longer === 0 && sum > best.logProb)) best = { path: below.path, logProb: sum };
    }
    return best;
  };
  return (given): Verdict => {
    const { path } = longest(given, [0]);
    return { path, bonus: given.noise.draw(given.target(path), given.position + path.length - 1) };
  };
}

interface Path {
  readonly path: readonly number[];
  /** Of what lies below the row asked for. */
  readonly logProb: number;
}

/** In nats. */
function entropy(probabilities: Float64Array): number {
  let sum = 0;
  for (const p of probabilities) if (p > 0) sum -= p * Math.log(p);
  return sum;
}
