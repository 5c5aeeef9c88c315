import type { DraftTree } from "../../../src/index.js";
import { beliefs, contextOf, growDraft, type ToyDraft, type ToyDrafter, VOCABULARY } from "./toy-language.js";

/** Children of a node, by level: [3, 1] is three children with one child each. */
export type Shape = readonly number[];

/** The most probable tokens by the drafter's belief. */
export const topTokens = (shape: Shape): ToyDrafter =>
  remembered((text) => ({ draft: growDraft(text, shape, (context, count) => ({ tokens: best(context, count) })) }));

/** The same with each sibling twice, and below either what follows it. */
export function withTwins(shape: Shape): ToyDrafter {
  return remembered((text) => ({
    draft: growDraft(text, shape, (context, count) => ({
      tokens: best(context, count).flatMap((token) => [token, token]),
    })),
  }));
}

/** Draws each node's children from its belief, one after another without replacement. */
export const drawn =
  (shape: Shape): ToyDrafter =>
  (text, random) => ({
    draft: growDraft(text, shape, (context, count) => {
      const drawnFrom = beliefs[context] as Float64Array;
      return { tokens: drawWithout(drawnFrom, count, random), drawnFrom };
    }),
  });

/** Of another drafter's tree, drops the nodes of some tokens, and all below them. */
export const dropping =
  (drafter: ToyDrafter): ToyDrafter =>
  (text, random) => {
    const { draft } = drafter(text, random);
    return { draft, dropped: droppedOf(draft, text) };
  };

function droppedOf({ tokens, parents }: DraftTree, text: readonly number[]): ReadonlySet<number> {
  const dropped = new Set<number>();
  tokens.forEach((token, node) => {
    const parent = parents[node] as number;
    if ((token + text.length) % 2 === 0 || dropped.has(parent)) dropped.add(node);
  });
  return dropped;
}

function best(context: number, count: number): number[] {
  const belief = beliefs[context] as Float64Array;
  return [...belief.keys()].sort((a, b) => (belief[b] as number) - (belief[a] as number)).slice(0, count);
}

function drawWithout(distribution: Float64Array, count: number, random: () => number): number[] {
  const left = distribution.slice();
  let total = 1;
  const tokens: number[] = [];
  while (tokens.length < count) {
    let at = random() * total;
    let token = 0;
    while (token < VOCABULARY - 1 && at >= (left[token] as number)) at -= left[token++] as number;
    if (left[token] === 0) continue; // Rounding, at the end of the list.
    total -= left[token] as number;
    left[token] = 0;
    tokens.push(token);
  }
  return tokens;
}

/** Drafts of a drafter without chance are made once a context. */
function remembered(drafter: ToyDrafter): ToyDrafter {
  const known = new Map<number, ToyDraft>();
  return (text, random) => {
    const context = contextOf(text);
    const draft = known.get(context) ?? drafter(text, random);
    known.set(context, draft);
    return draft;
  };
}
