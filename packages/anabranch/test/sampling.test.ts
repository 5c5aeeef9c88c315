import { existsSync } from "node:fs";
import { join } from "node:path";
import { lossless, shared3 } from "@anabranch/model-e2e";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GenerateOptions, type LanguageModel, load, type SamplingOptions } from "../src/index.js";
import { writeChatTemplate } from "./support/chat-template.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyAdapter, saveTinyModel } from "./support/tiny-model.js";

const prompt = "name[The Mill], eatType[pub], food[French], area[riverside]";
const maxTokens = 24;
const drafts = { streams: "deferred", nodes: 8, maxTokens } as const;

let model: LanguageModel;
let narrow: LanguageModel;
beforeAll(async () => {
  const folder = await temporaryFolder();
  const open = async (name: string, maxPositions: number) => {
    const base = join(folder, name);
    await saveTinyAdapter(join(folder, `${name}-streams`), await saveTinyModel(base, 3, maxPositions), "lossless");
    await writeChatTemplate(base);
    return load(base, { adapter: join(folder, `${name}-streams`), threads: 1 });
  };
  model = await open("wide", 512);
  narrow = await open("narrow", 32);
});
afterAll(async () => {
  await model?.dispose();
  await narrow?.dispose();
});

async function written(model: LanguageModel, options: GenerateOptions, text: string | readonly number[] = prompt) {
  const tokens: number[] = [];
  let drafted = 0;
  for await (const { token, fromDraft } of model.generate(text, options)) {
    if (token !== undefined) tokens.push(token);
    if (fromDraft) drafted++;
  }
  return { tokens, drafted };
}

const settings: readonly SamplingOptions[] = [
  { temperature: 0.8 },
  { temperature: 1.2, topK: 40, topP: 0.95, minP: 0.05 },
  { temperature: 0.7, repetitionPenalty: 1.3, logitBias: { 5: 2, 6: Number.NEGATIVE_INFINITY } },
];

describe("sampling", () => {
  it.each(settings)(
    "%j: a seed's text is the same with streams and without, and another seed's is another",
    async (s) => {
      const texts = new Set<string>();
      for (let seed = 0; seed < 6; seed++) {
        const sampling = { ...s, seed };
        const plain = await written(model, { drafter: "none", maxTokens, sampling });
        expect(await written(model, { ...drafts, sampling })).toMatchObject({ tokens: plain.tokens });
        texts.add(plain.tokens.join());
        if (s.logitBias !== undefined) expect(plain.tokens).not.toContain(6);
      }
      expect(texts.size).toBe(6);
    },
  );

  it("is greedy at temperature 0, whatever else is said and whoever accepts", async () => {
    const { tokens } = await written(model, drafts);
    const sampling = { temperature: 0, topP: 0.5, seed: 1 };
    for (const acceptance of ["exact", "typical"] as const) {
      expect((await written(model, { ...drafts, sampling, acceptance })).tokens).toEqual(tokens);
    }
  });

  it("takes typical acceptance, which keeps more of drafts", async () => {
    const drafted = { exact: 0, typical: 0 };
    for (const acceptance of ["exact", "typical"] as const) {
      for (let seed = 0; seed < 20; seed++) {
        drafted[acceptance] += (await written(model, { ...drafts, acceptance, sampling: { seed } })).drafted;
      }
    }
    expect(drafted.typical).toBeGreaterThan(drafted.exact);
  });

  it("gives a seed's text also across slides of a full context, and does not repeat itself after them", async () => {
    const ids = narrow.tokenizer.encode("name[");
    // So hot that only the noise counts: used twice, it would write the same twice.
    const sampling = { temperature: 1e9, seed: 4 };
    const options = { maxTokens: 90, overflow: "slide", sampling } as const;
    const plain = await written(narrow, { ...options, drafter: "none" }, ids);
    expect(plain.tokens).toHaveLength(90);
    expect(await written(narrow, { ...drafts, ...options }, ids)).toMatchObject({ tokens: plain.tokens });
    const pairs = plain.tokens.slice(1).map((token, index) => `${plain.tokens[index]} ${token}`);
    expect(new Set(pairs).size).toBeGreaterThan(80);
  });

  it("holds for the turns of a chat, and a turn may have its own", async () => {
    const answers = async (options: GenerateOptions) => {
      const chat = model.chat({ ...options, sampling: { seed: 5 } });
      const own = { sampling: { seed: 6, temperature: 0.5 } };
      const texts = [await chat.send("One").text(), await chat.send("Two").text(), await chat.send("One", own).text()];
      await chat.dispose();
      return texts;
    };
    const plain = await answers({ drafter: "none", maxTokens });
    expect(await answers(drafts)).toEqual(plain);
    expect(new Set(plain).size).toBe(3);
  });

  it.each<[GenerateOptions, string, string]>([
    [{ sampling: { temperature: -1 } }, "INVALID_ARGUMENT", "sampling.temperature"],
    [{ sampling: { topP: 0 } }, "INVALID_ARGUMENT", "sampling.topP"],
    [{ sampling: { minP: Number.NaN } }, "INVALID_ARGUMENT", "sampling.minP"],
    [{ sampling: { logitBias: { 100000: 1 } } }, "UNKNOWN_TOKEN", "sampling.logitBias"],
    [{ acceptance: "any" as "exact" }, "INVALID_ARGUMENT", "acceptance"],
  ])("refuses %j", async (options, code, subject) => {
    await expect(model.generate(prompt, options).next()).rejects.toMatchObject({ code, subject });
  });
});

describe.skipIf(!existsSync(lossless.model))("sampling from the embedded models", () => {
  it.each([
    ["lossless", lossless, ["parallel", "deferred"] as const],
    ["shared", shared3, ["parallel"] as const],
  ])(
    "with streams is plain sampling, token for token, for many seeds: %s",
    async (_, { model: place, adapter }, timings) => {
      const model = await load(place, { adapter });
      const texts = new Set<string>();
      let [tokens, drafted] = [0, 0];
      for (let seed = 0; seed < 24; seed++) {
        const sampling = { temperature: 1.4, repetitionPenalty: seed % 2 === 0 ? 1 : 1.2, seed };
        const plain = await written(model, { drafter: "none", maxTokens: 40, sampling });
        texts.add(plain.tokens.join());
        const streams = timings[seed % timings.length] as "parallel" | "deferred";
        const sampled = await written(model, { streams, nodes: 8, maxTokens: 40, sampling });
        expect(sampled.tokens).toEqual(plain.tokens);
        tokens += sampled.tokens.length;
        drafted += sampled.drafted;
      }
      await model.dispose();
      // They are drawn, and drafts are of use.
      expect(texts.size).toBeGreaterThan(6);
      expect(drafted).toBeGreaterThan(tokens / 8);
    },
  );
});
