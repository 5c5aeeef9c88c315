import { chainDraft } from "../tree/draft-tree.js";
import type { Drafter } from "./drafter.js";
import { seededRandom } from "./seeded-random.js";

export interface SyntheticDrafterOptions {
  /** The text as it will come out, prompt included: what a perfect drafter would know. */
  readonly text: readonly number[];
  /** Probability that a drafted token is right, given that those before it are; 0..1. */
  readonly acceptance: number;
  /** Tokens of a draft. */
  readonly depth: number;
  /** At least 2, so that there is a wrong token. */
  readonly vocabularySize: number;
  readonly seed: number;
}

/** Drafts chains that are right as often as it is told: measures the loop apart from any model's skill. */
export function syntheticDrafter(options: SyntheticDrafterOptions): Drafter {
  const { text, acceptance, vocabularySize } = options;
  const random = seededRandom(options.seed);
  return {
    name: `synthetic-${acceptance}`,
    streamsInPass: false,
    async draft({ tokens, depth }) {
      const afterBonus = tokens.length + 1;
      const right = text.slice(afterBonus, afterBonus + Math.min(options.depth, depth));
      return chainDraft(right.map((token) => (random() < acceptance ? token : (token + 1) % vocabularySize)));
    },
  };
}
