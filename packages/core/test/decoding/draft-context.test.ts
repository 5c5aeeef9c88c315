import { describe, expect, it } from "vitest";
import { type DraftContext, type Drafter, decode, type TokenLogProbs } from "../../src/index.js";
import { cheatingDrafter, withCheatingOpening } from "../support/cheating-drafter.js";
import { decodeAll } from "../support/decode-all.js";
import { tinyModel, tinySpec } from "../support/tiny-model.js";

describe("what a drafter is told", () => {
  it("is the committed text, the bonus token, the last committed row's reads, and how deep a draft can be of use", async () => {
    const model = await tinyModel(6);
    const prompt = [1, 2, 3];
    const maxTokens = 16;
    const plain = await decodeAll(model, { prompt, maxTokens });
    const { vocabularySize } = tinySpec;
    const hiding = { text: [...prompt, ...plain.tokens], depth: 3, siblings: 2, vocabularySize, seed: 1 };
    const cheating = cheatingDrafter(hiding);
    const told: (Omit<DraftContext, "tokens"> & { tokens: readonly number[]; length: number })[] = [];
    const drafter: Drafter = {
      ...withCheatingOpening(cheating, hiding),
      read: { topLogProbs: 2 },
      draft: (context) => {
        told.push({ ...context, tokens: [...context.tokens], length: context.sequence.length });
        return cheating.draft(context);
      },
    };
    const sequence = await model.createSequence();
    const emitted: number[] = [];
    let several = 0;
    for await (const step of decode({ model, sequence, prompt, drafter, maxTokens })) {
      several += step.accepted.length > 0 ? 1 : 0;
      // The drafter is asked after the step before this one.
      const context = told.at(-1);
      if (step.kind === "verify" && context !== undefined && emitted.length < maxTokens - 1) {
        expect(context.tokens).toEqual([...prompt, ...emitted.slice(0, -1)]);
        expect(context.length).toBe(context.tokens.length);
        expect(context.bonus).toBe(emitted.at(-1));
        expect((context.lastRow.topLogProbs as TokenLogProbs).tokens[0]).toBe(context.bonus);
        expect(context.depth).toBe(maxTokens - emitted.length - 1);
      }
      emitted.push(...step.tokens);
    }
    expect(several).toBeGreaterThan(1);
    expect(told.every(({ depth }) => depth >= 1)).toBe(true);
  });
});
