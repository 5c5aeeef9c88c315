/**
 * What the n-th best node (from 0) of a tree adds to a step: measured on chat with a Markov head about 0.55 / (n + 1), where the first
 * guess is right every second time; or where streams are nearly always right, what a chain of their first guesses adds.
 *
 * @param right probability that the first guess is right
 * @param further of each further stream's guess, given that those before it are right
 */
export function usualGain(node: number, right = 0.5, further: readonly number[] = []): number {
  const ofTree = (1.1 * right) / (node + 1);
  if (node > further.length) return ofTree;
  let chain = right;
  for (let stream = 0; stream < node; stream++) chain *= further[stream] as number;
  return Math.max(ofTree, chain);
}
