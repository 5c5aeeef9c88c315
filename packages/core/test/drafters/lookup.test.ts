import { describe, expect, it } from "vitest";
import { budgetedStreamDrafter, SequenceLookups, streamDrafter } from "../../src/index.js";
import { decodeAll } from "../support/decode-all.js";
import { simulatedCosts } from "../support/simulated-text.js";
import { tinyAdapter, tinyModel } from "../support/tiny-model.js";

// Small random models come back to words that they have said before.
const prompt = [1, 2, 3, 4];
const maxTokens = 60;

describe("drafters that look words up in the text", () => {
  it.each(["parallel", "deferred"] as const)(
    "give plain decoding's text in fewer passes: %s streams",
    async (timing) => {
      const model = await tinyModel(29);
      const adapter = await model.attach(tinyAdapter(29, "lossless"));
      const plain = await decodeAll(model, { prompt, adapter, maxTokens });
      const passes: number[] = [];
      for (const lookups of [undefined, new SequenceLookups()]) {
        const limit = { nodes: 7, topK: 2 };
        const drafter = streamDrafter({ adapter, timing, limit, ...(lookups && { lookups }) });
        const { tokens, steps } = await decodeAll(model, { prompt, adapter, maxTokens, drafter });
        expect(tokens).toEqual(plain.tokens);
        for (const { draft } of steps) expect(draft.tokens.length).toBeLessThanOrEqual(limit.nodes);
        passes.push(steps.length);
      }
      expect(passes[1]).toBeLessThan(passes[0] as number);
    },
  );

  it.each([
    ["lossless", "deferred", 0, 0.1],
    ["lossless", "deferred", 0.2, 50],
    ["lossless", "parallel", 0, 0.1],
    ["shared", "parallel", 0.2, 0.1],
  ] as const)(
    "keep to a budget: %s mode, %s streams, %d ms a row, %d ms to draft",
    async (mode, timing, rows, drafting) => {
      const model = await tinyModel(29);
      const adapter = await model.attach(tinyAdapter(29, mode));
      const plain = await decodeAll(model, { prompt, adapter, maxTokens });
      const costs = simulatedCosts(rows, drafting);
      const limit = { nodes: 15, topK: 4 };
      const drafter = budgetedStreamDrafter({ adapter, timing, limit, costs, lookups: new SequenceLookups() });
      const { tokens, steps } = await decodeAll(model, { prompt, adapter, maxTokens, drafter });
      expect(tokens).toEqual(plain.tokens);
      expect(steps.length).toBeLessThan(0.85 * plain.steps.length);
    },
  );

  it("name what they do", async () => {
    const model = await tinyModel(29);
    const adapter = await model.attach(tinyAdapter(29, "lossless"));
    const options = {
      adapter,
      timing: "deferred",
      limit: { nodes: 4, topK: 2 },
      lookups: new SequenceLookups(),
    } as const;
    expect(streamDrafter(options).name).toBe("streams-deferred+lookup");
    expect(budgetedStreamDrafter({ ...options, costs: simulatedCosts(1, 1) }).name).toBe(
      "streams-deferred+budget+lookup",
    );
  });
});
