import type { Drafter } from "@anabranch/core";
import { summarize } from "@anabranch/evaluation";
import { decodeOne, timeOf } from "./decode-one.js";
import type { BudgetSubject } from "./subject.js";

export interface Side {
  readonly name: string;
  readonly drafter: Drafter;
}

export interface SideResult {
  readonly name: string;
  readonly drafter: string;
  /** Tokens a second, by text. */
  readonly speeds: readonly number[];
  /** To plain decoding of the same prompt in the same round. */
  readonly ratios: readonly number[];
  /** Medians of `ratios` over rounds. [prompts] */
  readonly byPrompt: readonly number[];
  readonly tokensAPass: number;
  /** Steps by the nodes of their trees. */
  readonly sizes: ReadonlyMap<number, number>;
  /** Texts that are not plain decoding's. */
  readonly differing: number;
}

/** Decodes every prompt with every side, in turns; the first side is the one that ratios are to. */
export async function compareSpeed(
  subject: BudgetSubject,
  sides: readonly Side[],
  { maxTokens, rounds }: { readonly maxTokens: number; readonly rounds: number },
): Promise<SideResult[]> {
  const seen = sides.map(() => ({
    speeds: [] as number[],
    ratios: subject.prompts.map((): number[] => []),
    sizes: new Map<number, number>(),
    tokens: 0,
    passes: 0,
    differing: 0,
  }));
  for (let round = 0; round < rounds; round++) {
    for (const [at, prompt] of subject.prompts.entries()) {
      const texts: { tokens: readonly number[]; speed: number }[] = [];
      // Each goes first in its turn; what a machine does beside hits all alike.
      const order = sides.map((_, index) => (index + round + at) % sides.length);
      for (const index of order) {
        const { drafter } = sides[index] as Side;
        const { tokens, steps } = await decodeOne(subject, prompt, drafter, maxTokens);
        const emitted = steps.reduce((sum, step) => sum + step.tokens.length, 0);
        const milliseconds = steps.reduce((sum, step) => sum + timeOf(step), 0);
        texts[index] = { tokens, speed: (1000 * emitted) / milliseconds };
        const own = seen[index] as (typeof seen)[number];
        own.tokens += emitted;
        own.passes += steps.length;
        for (const { draft } of steps)
          own.sizes.set(draft.tokens.length, (own.sizes.get(draft.tokens.length) ?? 0) + 1);
      }
      const [plain] = texts as [(typeof texts)[number]];
      for (const [index, { tokens, speed }] of texts.entries()) {
        const own = seen[index] as (typeof seen)[number];
        own.speeds.push(speed);
        own.ratios[at]?.push(speed / plain.speed);
        if (tokens.join() !== plain.tokens.join()) own.differing++;
      }
    }
  }
  return sides.map(({ name, drafter }, index) => {
    const { speeds, ratios, sizes, tokens, passes, differing } = seen[index] as (typeof seen)[number];
    const byPrompt = ratios.map((all) => summarize(all).median);
    return {
      ...{ name, drafter: drafter.name, speeds, ratios: ratios.flat(), byPrompt, sizes, differing },
      tokensAPass: tokens / passes,
    };
  });
}
