import { describe, expect, it } from "vitest";
import { streamDrafter, withPruning } from "../../src/index.js";
import { cheatingDrafter } from "../support/cheating-drafter.js";
import { checkSteps } from "../support/check-steps.js";
import { attachAndDecode, type Decoded, decodeAll } from "../support/decode-all.js";
import { tinyAdapter, tinyModel, tinySpec } from "../support/tiny-model.js";

const { vocabularySize } = tinySpec;
const maxTokens = 14;
const prompt = [1, 2, 3];
const pruning = { rank: 2, threshold: 0.1 };
const thresholds = [0, 1e-3, 0.02, 0.1, 0.4, 1];

const accepted = ({ steps }: Decoded): number => steps.reduce((sum, step) => sum + step.accepted.length, 0);

describe.each(["lossless", "shared"] as const)("with pruned drafts, in %s mode", (mode) => {
  it.each([1, 2, 3])("the text is plain decoding's for every threshold (model %i)", async (seed) => {
    const model = await tinyModel(seed);
    const { handle, plain } = await attachAndDecode(model, tinyAdapter(seed, mode, 3, { pruning }), {
      prompt,
      maxTokens,
    });
    const text = [...prompt, ...plain.tokens];
    const hidden = cheatingDrafter({ text, depth: 3, siblings: 3, vocabularySize, seed });
    const streams = streamDrafter({ adapter: handle, limit: { nodes: 6, topK: 2 }, timing: "parallel" });
    for (const threshold of thresholds) {
      for (const drafter of [hidden, streams]) {
        const decoded = await decodeAll(model, {
          prompt,
          maxTokens,
          adapter: handle,
          drafter: withPruning(drafter, threshold),
        });
        expect(decoded.tokens).toEqual(plain.tokens);
        checkSteps(decoded, prompt.length);
      }
    }
    await model.dispose();
  });

  it("what a threshold drops is not accepted, however right it was", async () => {
    const model = await tinyModel(1);
    const { handle, plain } = await attachAndDecode(model, tinyAdapter(1, mode, 3, { pruning }), { prompt, maxTokens });
    const text = [...prompt, ...plain.tokens];
    const counts: number[] = [];
    for (const threshold of [0, 0.05, 1]) {
      const drafter = cheatingDrafter({ text, depth: 3, siblings: 1, vocabularySize, seed: 1 });
      counts.push(
        accepted(
          await decodeAll(model, { prompt, maxTokens, adapter: handle, drafter: withPruning(drafter, threshold) }),
        ),
      );
    }
    const [all, some, none] = counts as [number, number, number];
    expect(all).toBeGreaterThan(some);
    expect(none).toBe(0);
    await model.dispose();
  });
});
