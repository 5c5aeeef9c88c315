import { seededRandom } from "@anabranch/core";

/**
 * Sets some examples aside, drawn by the seed: to choose or to report by, or to watch training by. What training is watched by comes
 * out of the TRAINING split: dev and test rows are never trained on.
 */
export function setAside<Example>(
  examples: readonly Example[],
  count: number,
  seed: number,
): { examples: Example[]; heldOut: Example[] } {
  const drawn = shuffled(examples, seed);
  return { examples: drawn.slice(count), heldOut: drawn.slice(0, count) };
}

/** The same examples in an order that the seed gives. */
export function shuffled<Example>(examples: readonly Example[], seed: number): Example[] {
  const random = seededRandom(seed);
  const order = examples.map((example) => ({ example, key: random() })).sort((a, b) => a.key - b.key);
  return order.map(({ example }) => example);
}
