import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AdapterHandle,
  type BackendModel,
  type DecodeOptions,
  type Drafter,
  decode,
  KeptText,
  Noise,
  type Opening,
  type PassResult,
  plainDrafter,
  type RowResult,
  type SamplingOptions,
  type StreamMode,
  streamDrafter,
  syntheticDrafter,
  verifyByRejection,
  verifyTypicalLossy,
  withOpening,
} from "../../src/index.js";
import { cheatingDrafter, withCheatingOpening } from "../support/cheating-drafter.js";
import { checkSteps } from "../support/check-steps.js";
import { type Decoded, decodeAll } from "../support/decode-all.js";
import { byDefinition } from "../support/sampling/plain-definition.js";
import { tinyAdapter, tinyModel, tinySpec } from "../support/tiny-model.js";

const { vocabularySize } = tinySpec;
const maxTokens = 14;
const limit = { nodes: 8, topK: 3 };

const token = fc.nat(vocabularySize - 1);
const cases = fc.record({
  model: fc.nat(),
  prompt: fc.array(token, { minLength: 1, maxLength: 9 }),
  sampling: fc.record<SamplingOptions>({
    temperature: fc.constantFrom(0, 0.5, 1, 2),
    topK: fc.constantFrom(3, 8, 100),
    topP: fc.constantFrom(0.8, 1),
    minP: fc.constantFrom(0, 0.05),
    repetitionPenalty: fc.constantFrom(1, 1.5, 4),
    logitBias: fc.dictionary(token.map(String), fc.constantFrom(-1, 2, Number.NEGATIVE_INFINITY), { maxKeys: 3 }),
    seed: fc.maxSafeNat(),
  }),
});

type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never;

interface Setting extends Case {
  readonly backend: BackendModel;
  readonly adapter: AdapterHandle;
  readonly plain: Decoded;
  /** Prompt and plain text. */
  readonly text: readonly number[];
}

/** Runs `check` on random models and sampling options, beside the text that they give without a draft. */
async function forCases(mode: StreamMode, numRuns: number, check: (setting: Setting) => Promise<void>): Promise<void> {
  const property = fc.asyncProperty(cases, async (given) => {
    const backend = await tinyModel(given.model);
    const adapter = await backend.attach(tinyAdapter(given.model, mode));
    const { prompt, sampling } = given;
    const plain = await decodeAll(backend, { prompt, maxTokens, sampling, adapter });
    checkSteps(plain, prompt.length);
    await check({ ...given, backend, adapter, plain, text: [...prompt, ...plain.tokens] });
    await backend.dispose();
  });
  await fc.assert(property, { numRuns });
}

async function expectSame(setting: Setting, drafter: Drafter): Promise<Decoded> {
  const { backend, adapter, prompt, sampling, plain } = setting;
  const decoded = await decodeAll(backend, { prompt, maxTokens, sampling, adapter, drafter });
  expect(decoded.tokens).toEqual(plain.tokens);
  checkSteps(decoded, prompt.length);
  return decoded;
}

/** Logits of the token after a text that is computed from nothing. */
async function logitsAfter(model: BackendModel, text: readonly number[]): Promise<number[]> {
  const sequence = await model.createSequence();
  const rows = text.map((token, index) => ({ token, parent: index - 1, read: { logits: true } }));
  const [result] = (await model.pass([{ sequence, rows }])) as [PassResult];
  await sequence.dispose();
  const { logits = [] } = result.rows.at(-1) as RowResult;
  return [...logits];
}

describe("without drafts", () => {
  it("each token is drawn from what the definitions make of the text before it, prompt included", async () => {
    await forCases("lossless", 8, async ({ backend, prompt, sampling, plain }) => {
      const noise = new Noise(sampling.seed ?? 0);
      const text = [...prompt];
      for (const token of plain.tokens) {
        const probabilities = byDefinition(await logitsAfter(backend, text), text, sampling);
        expect(token).toBe(noise.draw(Float64Array.from(probabilities), text.length));
        text.push(token);
      }
    });
  });

  it("another seed gives another text, and none a new one each time", async () => {
    const model = await tinyModel(4);
    const texts = new Set<string>();
    const sampled = async (sampling: SamplingOptions): Promise<void> => {
      texts.add((await decodeAll(model, { prompt: [1, 2], maxTokens, sampling })).tokens.join());
    };
    for (const seed of [0, 1, 2 ** 32, 2 ** 40]) await sampled({ seed, temperature: 2 });
    for (let time = 0; time < 4; time++) await sampled({ temperature: 2 });
    expect(texts.size).toBe(8);
    await sampled({ seed: 1, temperature: 2 });
    expect(texts.size).toBe(8);
  });

  it("temperature 0 is greedy decoding", async () => {
    const model = await tinyModel(5);
    const greedy = await decodeAll(model, { prompt: [3], maxTokens });
    for (const sampling of [{ temperature: 0 }, { temperature: 0, topP: 0.5, seed: 3 }]) {
      expect((await decodeAll(model, { prompt: [3], maxTokens, sampling })).tokens).toEqual(greedy.tokens);
    }
    await model.dispose();
  });
});

describe("the text of a seed is the same, token for token, whoever drafts", () => {
  it("streams, deferred and parallel", async () => {
    let accepted = 0;
    await forCases("lossless", 8, async (setting) => {
      for (const timing of ["deferred", "parallel"] as const) {
        const { steps } = await expectSame(setting, streamDrafter({ adapter: setting.adapter, limit, timing }));
        accepted += steps.reduce((sum, step) => sum + step.accepted.length, 0);
      }
    });
    expect(accepted).toBeGreaterThan(0);
  });

  it("streams that the main stream sees", async () => {
    await forCases("shared", 6, async (setting) => {
      await expectSame(setting, streamDrafter({ adapter: setting.adapter, limit, timing: "parallel" }));
    });
  });

  it("one that knows the text, and hides it among siblings, from the prompt's pass on", async () => {
    let saved = 0;
    await forCases("lossless", 8, async (setting) => {
      const hiding = { text: setting.text, depth: 4, siblings: 3, vocabularySize, seed: setting.model };
      const { steps } = await expectSame(setting, withCheatingOpening(cheatingDrafter(hiding), hiding));
      saved += maxTokens - steps.length;
    });
    expect(saved).toBeGreaterThan(40);
  });

  it("one that is right half the time, after an opening", async () => {
    await forCases("lossless", 6, async (setting) => {
      const { text, model: seed } = setting;
      const synthetic = syntheticDrafter({ text, acceptance: 0.5, depth: 3, vocabularySize, seed });
      const opening: Opening = { children: [{ token: setting.plain.tokens[0] ?? 0, probability: 1, children: [] }] };
      await expectSame(setting, withOpening(synthetic, opening, limit));
    });
  });

  it("when part of the prompt was kept from an earlier text", async () => {
    await forCases("lossless", 4, async ({ backend, adapter, prompt, sampling, plain }) => {
      const kept = new KeptText(backend, adapter);
      for (const settings of [{ prompt: [...prompt.slice(0, -1), 7, 7] }, { prompt, sampling }]) {
        const tokens: number[] = [];
        for await (const step of kept.decode({ ...settings, maxTokens })) tokens.push(...step.tokens);
        if ("sampling" in settings) expect(tokens).toEqual(plain.tokens);
      }
      await kept.dispose();
    });
  });
});

describe("other verifiers", () => {
  it.each([
    ["by rejection", verifyByRejection],
    ["typical", verifyTypicalLossy()],
  ])("%s: at temperature 0 the text is that of the penalty and the bias alone, whoever drafts", async (_, verifier) => {
    await forCases("lossless", 6, async ({ backend, prompt, sampling: any, adapter, model: seed }) => {
      const sampling = { ...any, temperature: 0, repetitionPenalty: 1.7 };
      const plain = await decodeAll(backend, { prompt, maxTokens, sampling });
      const hiding = { text: [...prompt, ...plain.tokens], depth: 4, siblings: 3, vocabularySize, seed };
      const drafters = [streamDrafter({ adapter, limit, timing: "deferred" }), cheatingDrafter(hiding)];
      for (const drafter of drafters) {
        const decoded = await decodeAll(backend, { prompt, maxTokens, sampling, adapter, drafter, verifier });
        expect(decoded.tokens).toEqual(plain.tokens);
        checkSteps(decoded, prompt.length);
      }
    });
  });
});

describe("a text that has lost its beginning", () => {
  it("draws with the noise of the positions that its tokens would have had", async () => {
    const model = await tinyModel(6);
    const sampling = { seed: 8, temperature: 1e9 };
    const tokensOf = async (prompt: number[], lost: number) =>
      (await decodeAll(model, { prompt, lost, maxTokens: 6, sampling })).tokens;
    // So hot that the text before hardly counts: what is drawn is the noise's doing.
    expect(await tokensOf([5], 4)).toEqual(await tokensOf([1, 2, 3, 4, 5], 0));
    expect(await tokensOf([5], 4)).not.toEqual(await tokensOf([5], 0));
    await model.dispose();
  });
});

describe("refuses, before anything runs,", () => {
  it.each<[Partial<DecodeOptions>, string]>([
    [{ sampling: { temperature: -1 } }, "INVALID_ARGUMENT"],
    [{ sampling: { topP: 0 } }, "INVALID_ARGUMENT"],
    [{ sampling: { logitBias: { [vocabularySize]: 1 } } }, "UNKNOWN_TOKEN"],
  ])("%j", async (options, code) => {
    const model = await tinyModel(7);
    const sequence = await model.createSequence();
    const steps = decode({ model, sequence, prompt: [1], drafter: plainDrafter, ...options });
    await expect(steps.next()).rejects.toMatchObject({ code });
    expect(sequence.length).toBe(0);
  });
});
