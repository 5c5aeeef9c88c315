import { join } from "node:path";
import { chainDraft, type Drafter } from "@anabranch/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GenerateOptions, type LanguageModel, load } from "../src/index.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyAdapter, saveTinyModel } from "./support/tiny-model.js";

const prompt = "name[The Mill]";
const maxTokens = 30;

let model: LanguageModel;
/** All that the model writes, and its tokens. */
let text: string;
let tokens: number[];
beforeAll(async () => {
  const folder = await temporaryFolder();
  const [base, adapter] = [join(folder, "model"), join(folder, "adapter")];
  await saveTinyAdapter(adapter, await saveTinyModel(base), "lossless");
  model = await load(base, { adapter, threads: 1 });
  tokens = [];
  text = "";
  for await (const piece of model.generate(prompt, { maxTokens, drafter: "none" })) {
    text += piece.text;
    if (piece.token !== undefined) tokens.push(piece.token);
  }
});
afterAll(() => model?.dispose());

/** Drafts the very tokens that come, so that each pass gives many. */
function oracle(): Drafter {
  const start = model.tokenizer.encode(prompt).length;
  return {
    name: "oracle",
    streamsInPass: false,
    async draft({ tokens: known, depth }) {
      const at = known.length - start + 1;
      return chainDraft(tokens.slice(at, at + Math.min(7, depth)));
    },
  };
}

async function generated(options: GenerateOptions) {
  const generation = model.generate(prompt, { maxTokens, ...options });
  const emitted: number[] = [];
  let joined = "";
  for await (const piece of generation) {
    joined += piece.text;
    if (piece.token !== undefined) emitted.push(piece.token);
  }
  return { text: joined, tokens: emitted, finish: generation.finish };
}

describe("stop strings", () => {
  it("end the text wherever they begin: in a token, across tokens, across passes, inside a draft", async () => {
    const drafters = [{ drafter: "none" }, { streams: "deferred" }, { drafter: oracle() }] as const;
    for (let at = 0; at + 5 <= text.length; at += 3) {
      const stop = text.slice(at, at + 5);
      for (const drafting of drafters) {
        const stopped = await generated({ ...drafting, stop: ["never in it", stop] });
        expect(stopped).toMatchObject({ text: text.slice(0, text.indexOf(stop)), finish: "stop-string" });
        expect(stopped.tokens).toEqual(tokens.slice(0, stopped.tokens.length));
      }
    }
  });

  it("that never come change nothing, not even when the text ends inside one", async () => {
    const stop = `${text.slice(-4)}?`;
    expect(await generated({ stop })).toEqual({ text, tokens, finish: "max-tokens" });
  });

  it("may be special tokens, which are never part of a text", async () => {
    const { idToToken, specialIds } = model.tokenizer;
    const special = [...specialIds].map((id) => idToToken(id) as string);
    const stopped = await generated({ stop: special });
    const end = tokens.findIndex((token) => specialIds.has(token));
    if (end === -1) expect(stopped.tokens).toEqual(tokens);
    else expect(stopped).toMatchObject({ tokens: tokens.slice(0, end), finish: "stop-token" });
  });

  it("are refused when empty, before anything runs", async () => {
    await expect(generated({ stop: "" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "stop" });
  });
});

describe("a generation", () => {
  it("knows why it ended, and not before", async () => {
    const generation = model.generate(prompt, { maxTokens: 3 });
    expect([generation.finish, generation.prompt]).toEqual([undefined, undefined]);
    await generation.next();
    expect(generation.finish).toBeUndefined();
    expect(generation.prompt).toEqual({ tokens: model.tokenizer.encode(prompt).length, kept: 0 });
    for await (const _ of generation);
    expect(generation.finish).toBe("max-tokens");
  });

  it("that is left early has no end", async () => {
    const generation = model.generate(prompt, { maxTokens });
    for await (const _ of generation) break;
    expect(generation.finish).toBeUndefined();
    expect(await generation.next()).toEqual({ done: true, value: undefined });
  });

  it("gives its text at once, too", async () => {
    expect(await model.generate(prompt, { maxTokens }).text()).toBe(text);
  });
});
