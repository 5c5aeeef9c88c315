import { join } from "node:path";
import { chainDraft, countOpening, type Drafter, EMPTY_DRAFT, type Step } from "@anabranch/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GenerateOptions, type LanguageModel, load } from "../src/index.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyAdapter, saveTinyFamily } from "./support/tiny-model.js";

const prompts = ["name[The Mill]", "area[riverside]", "é ☕", ""];
const maxTokens = 24;
const threads = 1;

let family: Awaited<ReturnType<typeof saveTinyFamily>>;
let folder: string;
let lossless: LanguageModel;
let shared: LanguageModel;
beforeAll(async () => {
  folder = await temporaryFolder();
  family = await saveTinyFamily(folder);
  lossless = await load(family.model, { adapter: family.lossless, threads });
  shared = await load(family.model, { adapter: family.shared, threads });
});
afterAll(async () => {
  await lossless?.dispose();
  await shared?.dispose();
});

async function generated(model: LanguageModel, prompt: string, options: GenerateOptions = {}) {
  let text = "";
  const tokens: number[] = [];
  const fromDraft: boolean[] = [];
  const passes: number[] = [];
  for await (const piece of model.generate(prompt, { maxTokens, ...options })) {
    text += piece.text;
    if (piece.token === undefined) continue;
    tokens.push(piece.token);
    fromDraft.push(piece.fromDraft);
    passes.push(piece.pass);
  }
  return { text, tokens, fromDraft, passes };
}

describe("generate", () => {
  it("gives the words of plain decoding, whenever streams run and however large the draft is", async () => {
    for (const prompt of prompts) {
      const plain = await generated(lossless, prompt, { drafter: "none" });
      expect(plain.tokens).toHaveLength(maxTokens);
      expect(plain.fromDraft).not.toContain(true);
      for (const streams of ["parallel", "deferred", "auto"] as const) {
        expect((await generated(lossless, prompt, { streams })).tokens).toEqual(plain.tokens);
      }
      const wide = await generated(lossless, prompt, { streams: "deferred", topK: 5, nodes: 30, depth: 2 });
      expect(wide.tokens).toEqual(plain.tokens);
    }
  });

  it("gives the words of one token a pass in shared mode, whose streams are on either way", async () => {
    for (const prompt of prompts) {
      const plain = await generated(shared, prompt, { drafter: "none" });
      for (const streams of ["parallel", "auto"] as const) {
        expect((await generated(shared, prompt, { streams })).tokens).toEqual(plain.tokens);
      }
    }
    await expect(generated(shared, "a", { streams: "deferred" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("yields pieces that join to the text of the tokens, half characters included", async () => {
    for (const prompt of prompts) {
      const { text, tokens } = await generated(lossless, prompt);
      expect(text).toBe(lossless.tokenizer.decode(tokens, { skipSpecialTokens: true }));
    }
  });

  it("says which tokens a draft gave and which pass, and takes a drafter of one's own", async () => {
    const [prompt = ""] = prompts;
    const { tokens } = await generated(lossless, prompt, { drafter: "none" });
    const start = lossless.tokenizer.encode(prompt).length;
    const oracle: Drafter = {
      name: "oracle",
      streamsInPass: false,
      // Two of the tokens that will come after the bonus token, and then a wrong one.
      async draft({ tokens: known, depth }) {
        const at = known.length - start + 1;
        const next = tokens.slice(at, at + Math.min(2, depth));
        return next.length === 0 ? EMPTY_DRAFT : chainDraft(next);
      },
    };
    const steps: Step[] = [];
    const drafted = await generated(lossless, prompt, { drafter: oracle, onStep: (step) => steps.push(step) });
    expect(drafted.tokens).toEqual(tokens);
    expect(drafted.passes.at(-1)).toBe(steps.length - 1);
    expect(steps.length).toBeLessThan(maxTokens / 2);
    expect(drafted.fromDraft.slice(0, 4)).toEqual([false, true, true, false]);
    expect(drafted.passes.slice(0, 5)).toEqual([0, 1, 1, 1, 2]);
  });

  it("verifies how texts begin with the prompt's pass", async () => {
    const texts = await Promise.all(
      prompts.map(async (text) => ({
        prompt: lossless.tokenizer.encode(text),
        completion: (await generated(lossless, text, { drafter: "none" })).tokens,
      })),
    );
    const opening = countOpening(texts, { depth: 4, minimumCount: 1, copyWithin: 4 });
    const adapter = join(folder, "with-opening");
    await saveTinyAdapter(adapter, family.weights, "lossless", opening);
    const model = await load(family.model, { adapter, threads });
    for (const [index, prompt] of prompts.entries()) {
      const { tokens, fromDraft, passes } = await generated(model, prompt, { nodes: 16 });
      expect(tokens).toEqual(texts[index]?.completion);
      expect([fromDraft[0], passes[1]]).toEqual([true, 0]);
      expect((await generated(model, prompt, { opening: false })).passes[1]).toBe(1);
    }
    await model.dispose();
  });

  it("keeps texts apart that are generated at the same time", async () => {
    const alone = [await generated(lossless, "name["), await generated(lossless, "area[")];
    const together = await Promise.all([generated(lossless, "name["), generated(lossless, "area[")]);
    expect(together.map(({ tokens }) => tokens)).toEqual(alone.map(({ tokens }) => tokens));
  });

  it("can be left early, and used again", async () => {
    const whole = await generated(lossless, "name[");
    for await (const { token } of lossless.generate("name[", { maxTokens })) {
      expect(token).toBe(whole.tokens[0]);
      break;
    }
    expect((await generated(lossless, "name[")).tokens).toEqual(whole.tokens);
  });

  it("ends with AbortedError when its signal fires, before or between passes", async () => {
    await expect(generated(lossless, "name[", { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ABORTED",
    });
    const controller = new AbortController();
    const got: number[] = [];
    const run = async () => {
      for await (const { token } of lossless.generate("name[", { drafter: "none", signal: controller.signal })) {
        got.push(token ?? -1);
        if (got.length === 3) controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: "ABORTED" });
    expect(got).toHaveLength(3);
  });

  it("refuses streams without an adapter, an empty prompt and a prompt that does not fit", async () => {
    const model = await load(family.model, { threads });
    await expect(generated(model, "a", { drafter: "streams" })).rejects.toMatchObject({ code: "UNSUPPORTED" });
    await expect(model.generate([]).next()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(model.generate(new Array(200).fill(5)).next()).rejects.toMatchObject({ code: "CONTEXT_OVERFLOW" });
    await expect(model.generate([100_000]).next()).rejects.toMatchObject({ code: "UNKNOWN_TOKEN" });
    await model.dispose();
  });

  it("is refused by a disposed model, also when disposed amid a text", async () => {
    const model = await load(family.model, { adapter: family.lossless, threads });
    const running = model.generate("name[", { drafter: "none" });
    await running.next();
    await model.dispose();
    await model.dispose();
    await expect(running.next()).rejects.toMatchObject({ code: "DISPOSED" });
    await expect(generated(model, "a")).rejects.toMatchObject({ code: "DISPOSED" });
  });
});
