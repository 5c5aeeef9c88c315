import { type DraftBudget, type DraftTree, ROOT } from "../contract/draft.js";
import { gainsOf } from "./budgeted-prefix.js";

/**
 * What prefixes of a draft gain over a plain step, in tokens at the budget's rate, where the next step can draft again for nothing
 * what this one leaves out, as words of the text can be. A chain behind a token that is not sure is better left to the step that
 * knows the token: it costs its rows only where the token came true. So a node is worth the token that it gives, less what the
 * text could still have done from there with the nodes below it.
 *
 * The value of a place, whose token was just issued and below which the tree has nodes, is that of the best prefix of those, and 0,
 * what any place is worth at that rate, at least. Places are valued from the last to the first, in the square of the nodes.
 *
 * @param tree best nodes first, so that each prefix is a tree
 * @param budget with a rate; what it says of drafting and levels counts for nothing
 * @returns by nodes of the prefix, from none on
 */
export function foresightedGains(tree: DraftTree, budget: DraftBudget & { readonly rate: number }): number[] {
  const { steps, rate } = budget;
  const { parents } = tree;
  const count = parents.length;
  const reached = gainsOf(tree, budget);
  const token = 1 / rate;
  /** By node, and behind the last of them the bonus token: sum over children of probability times value, in milliseconds. */
  const below = new Float64Array(count + 1);
  const values = new Float64Array(count);
  /** The latest place that a node was seen to lie below. */
  const under = new Int32Array(count).fill(count + 1);
  const placeOf = (node: number): number => (node === ROOT ? count : node);

  /** Calls back with the value of a step from a place by how many of the nodes below it are drafted, from none on. */
  const along = (place: number, probability: number, found: (value: number) => void): void => {
    let value = token - (steps[0] as number) + (below[place] as number) / probability;
    let drafted = 0;
    found(value);
    for (let node = place === count ? 0 : place + 1; node < count && drafted + 1 < steps.length; node++) {
      const parent = placeOf(parents[node] as number);
      if (parent !== place && under[parent] !== place) continue;
      under[node] = place;
      drafted++;
      const own = (reached[node] as number) * (token - (values[node] as number)) + (below[node] as number);
      value += own / probability - ((steps[drafted] as number) - (steps[drafted - 1] as number));
      found(value);
    }
  };

  for (let node = count - 1; node >= 0; node--) {
    const probability = Math.max(reached[node] as number, Number.MIN_VALUE);
    let best = 0;
    along(node, probability, (value) => {
      best = Math.max(best, value);
    });
    values[node] = best;
    const parent = placeOf(parents[node] as number);
    below[parent] = (below[parent] as number) + probability * best;
  }
  const gains: number[] = [];
  along(count, 1, (value) => gains.push(value));
  const plain = gains[0] as number;
  return gains.map((value) => rate * (value - plain));
}
