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
  const random = seededRandom(seed);
  const order = examples.map((example) => ({ example, key: random() })).sort((a, b) => a.key - b.key);
  const shuffled = order.map(({ example }) => example);
  return { examples: shuffled.slice(count), heldOut: shuffled.slice(0, count) };
}
