import { type Drafter, type DraftTree, EMPTY_DRAFT, ROOT, seededRandom } from "../../src/index.js";

export interface CheatingOptions {
  /** The text as it will come out, prompt included. */
  readonly text: readonly number[];
  /** Levels of a tree. */
  readonly depth: number;
  /** Wrong siblings beside each right node, at most. */
  readonly siblings: number;
  readonly vocabularySize: number;
  readonly seed: number;
}

/**
 * Knows the text, and hides it in trees: the right token stands at any place among wrong siblings, some of which repeat a
 * token or carry sub-trees of their own, and some trees leave the right path early.
 */
export function cheatingDrafter(options: CheatingOptions): Drafter {
  const random = seededRandom(options.seed);
  return {
    name: "cheating",
    streamsInPass: false,
    draft: async ({ tokens, depth }) => hideIn(options, tokens.length + 1, Math.min(options.depth, depth), random),
  };
}

/** The same for the prefill pass: a tree that follows the prompt. */
export function withCheatingOpening(drafter: Drafter, options: CheatingOptions): Drafter {
  const random = seededRandom(options.seed + 1);
  return { ...drafter, open: (prompt) => hideIn(options, prompt.length, options.depth, random) };
}

function hideIn(
  { text, siblings, vocabularySize }: CheatingOptions,
  start: number,
  depth: number,
  random: () => number,
): DraftTree {
  const below = (end: number): number => Math.floor(random() * end);
  const tokens: number[] = [];
  const parents: number[] = [];
  let right: number = ROOT;
  for (const token of text.slice(start, start + depth)) {
    const wrong = Array.from({ length: below(siblings + 1) }, () => below(vocabularySize)).filter((t) => t !== token);
    const children = wrong.toSpliced(below(wrong.length + 1), 0, token);
    let next = right;
    for (const child of children) {
      const index = tokens.push(child) - 1;
      parents.push(right);
      if (child === token) next = index;
      // A wrong node's own child, which may well hold the token that is right elsewhere.
      else if (random() < 0.3) {
        tokens.push(text[start] as number);
        parents.push(index);
      }
    }
    right = next;
    if (random() < 0.2) break;
  }
  return tokens.length === 0 ? EMPTY_DRAFT : { tokens, parents, logProbs: tokens.map(() => Math.log(0.5)) };
}
