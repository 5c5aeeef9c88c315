import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slide } from "../src/generate/slide.js";
import { type GenerateOptions, type LanguageModel, load } from "../src/index.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyAdapter, saveTinyModel } from "./support/tiny-model.js";

const maxPositions = 32;
const prompt = "name[The Mill]";

const models: [string, () => LanguageModel][] = [];
let plain: LanguageModel;
let lossless: LanguageModel;
let shared: LanguageModel;
beforeAll(async () => {
  const folder = await temporaryFolder();
  const base = join(folder, "model");
  const weights = await saveTinyModel(base, 2, maxPositions);
  for (const mode of ["lossless", "shared"] as const) await saveTinyAdapter(join(folder, mode), weights, mode);
  plain = await load(base, { threads: 1 });
  lossless = await load(base, { adapter: join(folder, "lossless"), threads: 1 });
  shared = await load(base, { adapter: join(folder, "shared"), threads: 1 });
});
models.push(["plain", () => plain], ["lossless", () => lossless], ["shared", () => shared]);
afterAll(async () => {
  for (const model of [plain, lossless, shared]) await model?.dispose();
});

async function generated(model: LanguageModel, ids: readonly number[], options: GenerateOptions) {
  const generation = model.generate(ids, options);
  const tokens: number[] = [];
  const run = async () => {
    for await (const { token } of generation) if (token !== undefined) tokens.push(token);
  };
  const error = await run().then(
    () => undefined,
    (reason: { code?: string }) => reason.code,
  );
  return { tokens, error, finish: generation.finish };
}

describe.each(models)("a context that is full, %s", (_, modelOf) => {
  it("is an error after all that fits, or an end if asked for", async () => {
    const model = modelOf();
    const ids = model.tokenizer.encode(prompt);
    const room = maxPositions - ids.length + 1;
    const full = await generated(model, ids, { maxTokens: 100 });
    expect(full).toMatchObject({ error: "CONTEXT_OVERFLOW", finish: undefined });
    expect(full.tokens).toHaveLength(room);
    const stopped = await generated(model, ids, { maxTokens: 100, overflow: "stop" });
    expect(stopped).toEqual({ tokens: full.tokens, error: undefined, finish: "context" });
    const enough = await generated(model, ids, { maxTokens: room });
    expect(enough).toEqual({ tokens: full.tokens, error: undefined, finish: "max-tokens" });
  });

  it("slides: what comes after is what the model writes after the shortened text", async () => {
    const model = modelOf();
    const ids = model.tokenizer.encode(prompt);
    const settings = { maxTokens: 75, keep: 3 };
    const { tokens, finish } = await generated(model, ids, { ...settings, overflow: "slide" });
    expect([tokens.length, finish]).toEqual([75, "max-tokens"]);
    // The same by hand: texts that end with their context, each after a slide of all before it.
    const byHand: number[] = [];
    for (let rest: readonly number[] = ids; byHand.length < 75; rest = slide([...ids, ...byHand], 3, maxPositions)) {
      byHand.push(...(await generated(model, rest, { maxTokens: 75 - byHand.length, overflow: "stop" })).tokens);
    }
    expect(tokens).toEqual(byHand);
  });

  it("takes too long a prompt when it may slide, and refuses it otherwise", async () => {
    const model = modelOf();
    const ids = Array.from({ length: 100 }, (_, index) => 5 + index);
    const refused = await generated(model, ids, { maxTokens: 4 });
    expect(refused).toEqual({ tokens: [], error: "CONTEXT_OVERFLOW", finish: undefined });
    expect((await generated(model, ids, { overflow: "stop" })).error).toBe("CONTEXT_OVERFLOW");
    const taken = await generated(model, ids, { maxTokens: 4, overflow: "slide" });
    expect(taken.tokens).toEqual((await generated(model, slide(ids, 0, maxPositions), { maxTokens: 4 })).tokens);
  });
});

describe("slide", () => {
  it("keeps the beginning and the latest half of what is left", () => {
    const tokens = Array.from({ length: 33 }, (_, index) => index);
    expect(slide(tokens, 4, 32)).toEqual([0, 1, 2, 3, ...tokens.slice(-14)]);
    expect(slide(tokens, 1000, 32)).toEqual([...tokens.slice(0, 16), ...tokens.slice(-8)]);
    expect(slide([1, 2, 3], 1, 32)).toEqual([1, 2, 3]);
    expect(slide([1, 2], 0, 1)).toEqual([2]);
  });
});
