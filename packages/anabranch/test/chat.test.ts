import { join } from "node:path";
import type { ChatMessage } from "@anabranch/tokenizers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GenerateOptions, type LanguageModel, load } from "../src/index.js";
import { writeChatTemplate } from "./support/chat-template.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyAdapter, saveTinyModel } from "./support/tiny-model.js";

const system = "Be brief.";
const questions = ["name[The Mill]", "What else?", "é ☕?", "area"];
const maxTokens = 20;

let models: { plain: LanguageModel; lossless: LanguageModel; shared: LanguageModel };
let narrow: LanguageModel;
let mute: LanguageModel;
beforeAll(async () => {
  const folder = await temporaryFolder();
  const base = join(folder, "model");
  const weights = await saveTinyModel(base, 3, 512);
  await writeChatTemplate(base);
  for (const mode of ["lossless", "shared"] as const) await saveTinyAdapter(join(folder, mode), weights, mode);
  models = {
    plain: await load(base, { threads: 1 }),
    lossless: await load(base, { adapter: join(folder, "lossless"), threads: 1 }),
    shared: await load(base, { adapter: join(folder, "shared"), threads: 1 }),
  };
  await saveTinyModel(join(folder, "narrow"), 3, 128);
  await writeChatTemplate(join(folder, "narrow"));
  narrow = await load(join(folder, "narrow"), { threads: 1 });
  await saveTinyModel(join(folder, "mute"));
  mute = await load(join(folder, "mute"), { threads: 1 });
});
afterAll(async () => {
  for (const model of [...Object.values(models ?? {}), narrow, mute]) await model?.dispose();
});

/** What the model answers to a whole conversation, computed from nothing. */
function answerTo(model: LanguageModel, messages: readonly ChatMessage[], options: GenerateOptions = {}) {
  const text = model.tokenizer.chatTemplate?.render(messages) ?? "";
  return model.generate(model.tokenizer.encode(text, { addSpecialTokens: false }), { maxTokens, ...options }).text();
}

describe.each(["plain", "lossless", "shared"] as const)("a chat, %s", (name) => {
  it("gives in each turn the answer to the whole conversation, and keeps what it has computed", async () => {
    const model = models[name];
    const chat = model.chat({ system, maxTokens });
    const messages: ChatMessage[] = [{ role: "system", content: system }];
    const kept: number[] = [];
    for (const content of questions) {
      messages.push({ role: "user", content });
      const answer = chat.send(content);
      const text = await answer.text();
      expect(text).toBe(await answerTo(model, messages));
      messages.push({ role: "assistant", content: text });
      expect(chat.messages).toEqual(messages);
      kept.push(answer.prompt?.kept ?? -1);
    }
    expect(kept[0]).toBe(0);
    for (const [turn, count] of kept.entries()) if (turn > 0) expect(count).toBeGreaterThan(kept[turn - 1] as number);
    await chat.dispose();
  });
});

describe("a chat", () => {
  it("goes on from a history, and from its own after dispose, computing anew", async () => {
    const messages = [
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
    ];
    const chat = models.plain.chat({ messages, keepCache: false, maxTokens });
    for (const question of ["c", "d"]) {
      const asked = [...chat.messages, { role: "user", content: question }];
      const answer = chat.send(question);
      expect(await answer.text()).toBe(await answerTo(models.plain, asked));
      expect(answer.prompt?.kept).toBe(0);
    }
    const other = models.plain.chat({ messages });
    await other.send("c", { maxTokens }).text();
    await other.dispose();
    const answer = other.send("d", { maxTokens });
    expect(await answer.text()).toBe(chat.messages.at(-1)?.content);
    expect(answer.prompt?.kept).toBe(0);
  });

  it("keeps its history when a turn is aborted, left early or fails, and answers the next one rightly", async () => {
    const { lossless } = models;
    const chat = lossless.chat({ system, maxTokens });
    await chat.send("one").text();
    const history = chat.messages;
    const controller = new AbortController();
    const run = async () => {
      for await (const _ of chat.send("two", { signal: controller.signal })) controller.abort();
    };
    await expect(run()).rejects.toMatchObject({ code: "ABORTED" });
    await expect(chat.send("two", { signal: AbortSignal.abort() }).text()).rejects.toMatchObject({ code: "ABORTED" });
    for await (const _ of chat.send("three")) break;
    await expect(chat.send({ role: "assistant", content: "?" }).text()).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await expect(chat.send("long ".repeat(200)).text()).rejects.toMatchObject({ code: "CONTEXT_OVERFLOW" });
    expect(chat.messages).toBe(history);
    const answer = chat.send("four");
    expect(await answer.text()).toBe(await answerTo(lossless, [...history, { role: "user", content: "four" }]));
    expect(answer.prompt?.kept).toBeGreaterThan(0);
    await chat.dispose();
  });

  it("puts an answer that a stop string cut into the history as it was given", async () => {
    const whole = await models.plain.chat({ maxTokens }).send("one").text();
    const stop = whole.slice(4, 7);
    const chat = models.plain.chat({ stop, maxTokens });
    const answer = chat.send("one");
    expect(await answer.text()).toBe(whole.slice(0, whole.indexOf(stop)));
    expect(answer.finish).toBe("stop-string");
    expect(chat.messages.at(-1)?.content).toBe(whole.slice(0, whole.indexOf(stop)));
    const next = chat.send("two", { stop: [] });
    expect(await next.text()).toBe(await answerTo(models.plain, chat.messages.slice(0, -1)));
  });

  it("gives one answer at a time, and other chats theirs beside it", async () => {
    const chat = models.plain.chat({ maxTokens });
    const first = chat.send("one");
    await first.next();
    await expect(chat.send("two").next()).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "send" });
    const other = models.plain.chat({ maxTokens });
    const [one, two] = await Promise.all([first.text(), other.send("two").text()]);
    expect(chat.messages).toHaveLength(2);
    expect(chat.messages[1]?.content.endsWith(one)).toBe(true);
    expect(two).toBe(await answerTo(models.plain, [{ role: "user", content: "two" }]));
  });

  it("leaves the oldest turns out of a full context when it may slide, never the system message", async () => {
    const chat = narrow.chat({ system, maxTokens: 12, overflow: "slide" });
    let shortened = 0;
    for (let turn = 0; turn < 12; turn++) {
      const answer = chat.send(`Question ${turn}?`);
      const text = await answer.text();
      const tokens = answer.prompt?.tokens ?? 0;
      expect(tokens).toBeLessThanOrEqual(128);
      // The answer is that to the turns that are left, if the context did not fill while it was written.
      if (tokens + 12 > 128) continue;
      const prompts = chat.messages
        .slice(1, -1)
        .map((_, from) => [chat.messages[0] as ChatMessage, ...chat.messages.slice(1 + from, -1)]);
      const lengths = prompts.map((messages) => {
        const rendered = narrow.tokenizer.chatTemplate?.render(messages) ?? "";
        return narrow.tokenizer.encode(rendered, { addSpecialTokens: false }).length;
      });
      const from = lengths.indexOf(tokens);
      if (from > 0) shortened++;
      expect(text).toBe(await answerTo(narrow, prompts[from] as ChatMessage[], { maxTokens: 12 }));
    }
    expect(shortened).toBeGreaterThan(0);
    expect(chat.messages).toHaveLength(25);
  });

  it("slides amid an answer, and in a turn that is too long by itself", async () => {
    const chat = narrow.chat({ system, overflow: "slide", maxTokens: 150 });
    const long = chat.send("x".repeat(300), { maxTokens: 3 });
    await long.text();
    expect(long.prompt?.tokens).toBeLessThanOrEqual(128);
    const answer = narrow.chat({ system, overflow: "slide" }).send("Go on!", { maxTokens: 150 });
    await answer.text();
    expect(answer.finish).toMatch(/max-tokens|stop-token/);
    await expect(narrow.chat({ system }).send("Go on!", { maxTokens: 150 }).text()).rejects.toMatchObject({
      code: "CONTEXT_OVERFLOW",
    });
  });

  it("is refused by a model without a template", () => {
    expect(() => mute.chat()).toThrow(expect.objectContaining({ code: "UNSUPPORTED", cure: expect.any(String) }));
  });
});
