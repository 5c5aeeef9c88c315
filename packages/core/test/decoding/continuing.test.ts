import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AdapterHandle, type Drafter, plainDrafter, streamDrafter, syntheticDrafter } from "../../src/index.js";
import { cheatingDrafter } from "../support/cheating-drafter.js";
import { checkSteps } from "../support/check-steps.js";
import { decodeAll, decodeIn } from "../support/decode-all.js";
import { tinyAdapter, tinyModel, tinySpec } from "../support/tiny-model.js";

const { vocabularySize } = tinySpec;
const tokens = fc.array(fc.nat(vocabularySize - 1), { minLength: 1, maxLength: 6 });

type MakeDrafter = (adapter: AdapterHandle, text: readonly number[]) => Drafter;

const drafters: Readonly<Record<string, MakeDrafter>> = {
  none: () => plainDrafter,
  synthetic: (_, text) => syntheticDrafter({ text, acceptance: 0.8, depth: 3, vocabularySize, seed: 4 }),
  trees: (_, text) => cheatingDrafter({ text, depth: 4, siblings: 2, vocabularySize, seed: 4 }),
  "deferred streams": (adapter) => streamDrafter({ adapter, limit: { nodes: 6, topK: 2 }, timing: "deferred" }),
  "parallel streams": (adapter) => streamDrafter({ adapter, limit: { nodes: 6, topK: 2 }, timing: "parallel" }),
};

describe("a sequence that goes on after its text has ended", () => {
  it.each(Object.keys(drafters))("decodes what one text from scratch would, drafter: %s", async (name) => {
    const property = fc.asyncProperty(fc.nat(), tokens, tokens, fc.nat(9), async (seed, prompt, more, place) => {
      const model = await tinyModel(seed);
      const adapter = await model.attach(tinyAdapter(seed, "lossless"));
      const draftFor = drafters[name] as MakeDrafter;

      const plain = await decodeAll(model, { prompt, maxTokens: 10 });
      // Any token may be the end token, so the text ends inside drafts as well as behind them.
      const stopTokens = new Set([plain.tokens[place] as number]);
      const sequence = await model.createSequence({ adapter });
      const drafter = draftFor(adapter, [...prompt, ...plain.tokens]);
      const first = await decodeIn(model, sequence, { prompt, drafter, stopTokens, maxTokens: 10 });
      checkSteps(first, prompt.length);

      // The last token was emitted and is not committed: the next prompt starts with it.
      const next = [first.tokens.at(-1) as number, ...more];
      const joint = [...prompt, ...first.tokens, ...more];
      const fresh = await decodeAll(model, { prompt: joint, maxTokens: 8 });
      const second = await decodeIn(model, sequence, {
        prompt: next,
        drafter: draftFor(adapter, [...next, ...fresh.tokens]),
        maxTokens: 8,
      });
      expect(second.tokens).toEqual(fresh.tokens);
      checkSteps(second, next.length, first.committed);
      await model.dispose();
    });
    await fc.assert(property, { numRuns: 5 });
  });

  it("can be rolled back to the prompt and decoded again", async () => {
    const model = await tinyModel(8);
    const sequence = await model.createSequence();
    const prompt = [1, 2, 3];
    const text = await decodeIn(model, sequence, { prompt, maxTokens: 6 });
    await sequence.rollback(prompt.length - 1);
    const again = await decodeIn(model, sequence, { prompt: prompt.slice(-1), maxTokens: 6 });
    expect(again.tokens).toEqual(text.tokens);
  });
});
