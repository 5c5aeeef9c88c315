import type { SequenceRecord, VerifyPassRecord } from "./acceptance.js";

export interface FullTreeText {
  /** Levels of a tree. */
  readonly gamma: number;
  /** [tokens, γ]: for each token of the text as a bonus token, the places of the γ tokens after it among their node's children. */
  readonly ranks: ArrayLike<number>;
}

/**
 * The calls that a text takes with full trees of k children a node: a token of a level is accepted when it is among the k
 * best below the path so far, and the walk goes on where a step ends. The same as verifying those trees of k + k² + ... rows,
 * which no pass has room for.
 *
 * @param depth levels that are drafted; γ when absent
 */
export function walkFullTrees({ gamma, ranks }: FullTreeText, k: number, depth = gamma): SequenceRecord {
  const tokens = ranks.length / gamma;
  const drafted = Array.from({ length: depth }, (_, level) => k ** (level + 1)).reduce((sum, nodes) => sum + nodes, 0);
  const passes: VerifyPassRecord[] = [];
  // The prefill gives token 0, the first bonus token; what is emitted next begins with the draft below it.
  let bonus = 0;
  while (bonus < tokens - 1) {
    const left = tokens - 1 - bonus;
    let accepted = 0;
    while (accepted < Math.min(depth, left) && (ranks[bonus * gamma + accepted] as number) < k) accepted++;
    // At the text's end nothing follows the last accepted token.
    const emitted = Math.min(accepted + 1, left);
    passes.push({ emitted, drafted, depth, accepted });
    bonus += emitted;
  }
  return { prefill: { emitted: 1 }, passes };
}
