import { chainDraft, EMPTY_DRAFT } from "../tree/draft-tree.js";
import type { Drafter } from "./drafter.js";
import { seededRandom } from "./seeded-random.js";

export interface SyntheticDrafterOptions {
  /** The text as it will come out, prompt included: what a perfect drafter would know. */
  readonly text: readonly number[];
  /** Probability that a drafted token is right, given that those before it are; 0..1. */
  readonly acceptance: number;
  /** Tokens of a draft. */
  readonly depth: number;
  readonly vocabularySize: number;
  readonly seed: number;
}

/** Drafts chains that are right as often as it is told: measures the loop apart from any model's skill. */
export function syntheticDrafter(options: SyntheticDrafterOptions): Drafter {
  const { text, acceptance, depth, vocabularySize } = options;
  const random = seededRandom(options.seed);
  return {
    name: `synthetic-${acceptance}`,
    streamsInPass: false,
    async draft({ tokens, remaining }) {
      const start = tokens.length + 1;
      const next = text.slice(start, start + Math.min(depth, remaining));
      if (next.length === 0) return EMPTY_DRAFT;
      return chainDraft(next.map((token) => (random() < acceptance ? token : (token + 1) % vocabularySize)));
    },
  };
}

