import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Adapter,
  type AdapterHandle,
  type BackendModel,
  type Drafter,
  type Opening,
  plainDrafter,
  type StreamTiming,
  streamDrafter,
  syntheticDrafter,
  withOpening,
} from "../../src/index.js";
import { cheatingDrafter, withCheatingOpening } from "../support/cheating-drafter.js";
import { checkSteps } from "../support/check-steps.js";
import { attachAndDecode, type Decoded, declaring, decodeAll, withMaxRows } from "../support/decode-all.js";
import { tinyAdapter, tinyModel, tinySpec } from "../support/tiny-model.js";

const { vocabularySize } = tinySpec;
const maxTokens = 14;
const limit = { nodes: 6, topK: 2 };

interface Case {
  readonly seed: number;
  readonly prompt: readonly number[];
  readonly gamma: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.nat(),
  prompt: fc.array(fc.nat(vocabularySize - 1), { minLength: 1, maxLength: 9 }),
  gamma: fc.integer({ min: 1, max: 4 }),
});

interface Setting {
  readonly model: BackendModel;
  readonly handle: AdapterHandle;
  readonly plain: Decoded;
  /** Prompt and plain text. */
  readonly text: readonly number[];
}

/** Runs `check` on random models with an adapter of the mode, beside the text that plain decoding gives. */
async function forModels(
  mode: Adapter["streams"]["mode"],
  check: (setting: Setting, given: Case) => Promise<void>,
  numRuns = 6,
): Promise<void> {
  const property = fc.asyncProperty(cases, async (given) => {
    const model = await tinyModel(given.seed);
    const adapter = tinyAdapter(given.seed, mode, given.gamma);
    const { handle, plain } = await attachAndDecode(model, adapter, { prompt: given.prompt, maxTokens });
    checkSteps(plain, given.prompt.length);
    expect(plain.steps).toHaveLength(maxTokens);
    await check({ model, handle, plain, text: [...given.prompt, ...plain.tokens] }, given);
    await model.dispose();
  });
  await fc.assert(property, { numRuns });
}

async function expectSame(
  { model, handle, plain }: Setting,
  prompt: readonly number[],
  drafter: Drafter,
): Promise<Decoded> {
  const decoded = await decodeAll(model, { prompt, maxTokens, drafter, adapter: handle });
  expect(decoded.tokens).toEqual(plain.tokens);
  checkSteps(decoded, prompt.length);
  return decoded;
}

const openingOf = (tokens: readonly number[]): Opening => ({
  children: tokens.reduceRight<Opening["children"]>((children, token) => [{ token, probability: 0.9, children }], []),
});

describe("the text is plain decoding's, token for token", () => {
  it("with an adapter in lossless mode that does not draft, which is the base model's own text", async () => {
    await forModels("lossless", async ({ model, plain }, { prompt }) => {
      expect((await decodeAll(model, { prompt, maxTokens })).tokens).toEqual(plain.tokens);
    });
  });

  it.each<StreamTiming>(["parallel", "deferred"])("with lossless streams, %s", async (timing) => {
    await forModels("lossless", async (setting, { prompt, gamma }) => {
      const { steps } = await expectSame(setting, prompt, streamDrafter({ adapter: setting.handle, limit, timing }));
      expect(steps[1]?.draft.tokens.length).toBe(Math.min(limit.nodes, 2 ** (gamma + 1) - 2));
    });
  });

  it("with shared streams, against one token a pass with the streams on", async () => {
    let accepted = 0;
    await forModels("shared", async (setting, { prompt }) => {
      const drafter = streamDrafter({ adapter: setting.handle, limit, timing: "parallel" });
      const { steps } = await expectSame(setting, prompt, drafter);
      accepted += steps.reduce((sum, step) => sum + step.accepted.length, 0);
    });
    expect(accepted).toBeGreaterThan(0);
  });

  it.each([0, 0.5, 1])("with a synthetic drafter that is right with probability %f", async (acceptance) => {
    await forModels("lossless", async (setting, { prompt, seed, gamma: depth }) => {
      const { text } = setting;
      const drafter = syntheticDrafter({ text, acceptance, depth, vocabularySize, seed });
      const { steps } = await expectSame(setting, prompt, drafter);
      // All right: the prompt's pass issues one token, and each pass after it depth + 1.
      if (acceptance === 0) expect(steps).toHaveLength(maxTokens);
      if (acceptance === 1) expect(steps).toHaveLength(1 + Math.ceil((maxTokens - 1) / (depth + 1)));
    });
  });

  it.each(["lossless", "shared"] as const)("with trees that hide it among wrong siblings, %s", async (mode) => {
    let saved = 0;
    await forModels(mode, async (setting, { prompt, seed, gamma }) => {
      const hiding = { text: setting.text, depth: gamma + 1, siblings: 3, vocabularySize, seed };
      const drafter = withCheatingOpening(cheatingDrafter(hiding), hiding);
      saved += maxTokens - (await expectSame(setting, prompt, drafter)).steps.length;
    });
    expect(saved).toBeGreaterThan(0);
  });

  it.each(["lossless", "shared"] as const)("with right, wrong and partly right openings, %s", async (mode) => {
    await forModels(
      mode,
      async (setting, { prompt }) => {
        const right = setting.plain.tokens.slice(0, 4);
        const wrong = (token: number): number => (token + 1) % vocabularySize;
        const streams = streamDrafter({ adapter: setting.handle, limit, timing: "parallel" });
        for (const correct of [4, 2, 0]) {
          const opening = openingOf(right.map((token, index) => (index < correct ? token : wrong(token))));
          for (const drafter of [plainDrafter, streams]) {
            const { steps } = await expectSame(setting, prompt, withOpening(drafter, opening, limit));
            expect(steps[0]).toMatchObject({ fromDraft: correct, draft: { parents: [-1, 0, 1, 2] } });
          }
        }
      },
      3,
    );
  });

  it.each(["lossless", "shared"] as const)("when the prompt goes in chunk by chunk, %s", async (mode) => {
    await forModels(
      mode,
      async (setting, { prompt, seed }) => {
        const opening = openingOf(setting.plain.tokens.slice(0, 2));
        const { text } = setting;
        const synthetic = syntheticDrafter({ text, acceptance: 0.7, depth: 2, vocabularySize, seed });
        for (const maxRows of [3, 4, 5]) {
          const narrow = { ...setting, model: withMaxRows(setting.model, maxRows) };
          await expectSame(narrow, prompt, withOpening(synthetic, opening, limit));
          await expectSame(narrow, prompt, plainDrafter);
        }
      },
      3,
    );
  });

  it("when the model takes prompts in by fewer rows than a pass may have", async () => {
    await forModels(
      "lossless",
      async (setting, { prompt }) => {
        const passes: number[] = [];
        const model = declaring(setting.model, { promptRows: 2 }, (rows) => passes.push(rows));
        await expectSame({ ...setting, model }, prompt, plainDrafter);
        const ofPrompt = passes.slice(0, Math.ceil(prompt.length / 2));
        expect(Math.max(...ofPrompt)).toBeLessThanOrEqual(2);
        expect(ofPrompt.reduce((sum, rows) => sum + rows, 0)).toBe(prompt.length);
      },
      3,
    );
  });
});
