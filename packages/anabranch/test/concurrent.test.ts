import { join } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GenerateOptions, type Generation, type LanguageModel, load } from "../src/index.js";
import { writeChatTemplate } from "./support/chat-template.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyAdapter, saveTinyModel } from "./support/tiny-model.js";

const prompts = ["name[The Mill]", "area[riverside]", "é ☕", "x"];
const maxTokens = 16;
const ways: readonly GenerateOptions[] = [
  { drafter: "none" },
  { streams: "deferred" },
  { streams: "parallel" },
  { stop: "a", overflow: "slide" },
];

let lossless: LanguageModel;
let shared: LanguageModel;
beforeAll(async () => {
  const folder = await temporaryFolder();
  const base = join(folder, "model");
  const weights = await saveTinyModel(base, 4, 256);
  await writeChatTemplate(base);
  for (const mode of ["lossless", "shared"] as const) await saveTinyAdapter(join(folder, mode), weights, mode);
  lossless = await load(base, { adapter: join(folder, "lossless"), threads: 1 });
  shared = await load(base, { adapter: join(folder, "shared"), threads: 1 });
});
afterAll(async () => {
  await lossless?.dispose();
  await shared?.dispose();
});

interface Job {
  readonly model: LanguageModel;
  readonly prompt: string;
  readonly options: GenerateOptions;
}

const start = ({ model, prompt, options }: Job): Generation => model.generate(prompt, { maxTokens, ...options });

/** Jobs of both models and all ways; deferred streams are for the lossless one. */
function jobs(model: LanguageModel): Job[] {
  const possible = model === shared ? ways.filter(({ streams }) => streams !== "deferred") : ways;
  return prompts.flatMap((prompt) => possible.map((options) => ({ model, prompt, options })));
}

describe("texts of one model that are generated at the same time", () => {
  it.each(["lossless", "shared"] as const)("are each what they are alone, pass by pass in turn, %s", async (name) => {
    const list = jobs(name === "shared" ? shared : lossless);
    const alone: string[] = [];
    for (const job of list) alone.push(await start(job).text());
    const running = list.map((job) => ({ generation: start(job), text: "", done: false }));
    while (running.some(({ done }) => !done)) {
      for (const one of running) {
        if (one.done) continue;
        const piece = await one.generation.next();
        if (piece.done === true) one.done = true;
        else one.text += piece.value.text;
      }
    }
    expect(running.map(({ text }) => text)).toEqual(alone);
    expect(await Promise.all(list.map((job) => start(job).text()))).toEqual(alone);
  });
});

describe("an abort at any moment", () => {
  it("ends that text alone, with AbortedError, and leaves the model as it was", async () => {
    const list = jobs(lossless);
    const alone: string[] = [];
    for (const job of list) alone.push(await start(job).text());
    const moments = fc.record({
      aborted: fc.nat(list.length - 1),
      beside: fc.nat(list.length - 1),
      turns: fc.nat(60),
      milliseconds: fc.option(fc.nat(5), { nil: undefined }),
    });
    const property = fc.asyncProperty(moments, async ({ aborted, beside, turns, milliseconds }) => {
      const controller = new AbortController();
      const job = list[aborted] as Job;
      const run = start({ ...job, options: { ...job.options, signal: controller.signal } })
        .text()
        .catch((error: { code?: string }) => error.code);
      const other = start(list[beside] as Job).text();
      if (milliseconds === undefined) for (let count = 0; count < turns; count++) await turn();
      else await wait(milliseconds);
      controller.abort();
      expect([alone[aborted], "ABORTED"]).toContain(await run);
      expect(await other).toBe(alone[beside]);
      expect(await start(job).text()).toBe(alone[aborted]);
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it("leaves a chat as it was", async () => {
    const chat = lossless.chat({ maxTokens });
    await chat.send("one").text();
    const answer = await lossless.chat({ maxTokens, messages: chat.messages }).send("two").text();
    for (let turns = 0; turns < 40; turns += 3) {
      const controller = new AbortController();
      const run = chat.send("Go on, and on, and on!", { signal: controller.signal, maxTokens: 100 }).text();
      const outcome = run.then(
        () => "done",
        (error: { code?: string }) => error.code,
      );
      for (let count = 0; count < turns; count++) await turn();
      controller.abort();
      expect(await outcome).toBe("ABORTED");
      expect(chat.messages).toHaveLength(2);
    }
    expect(await chat.send("two").text()).toBe(answer);
    await chat.dispose();
  });
});
