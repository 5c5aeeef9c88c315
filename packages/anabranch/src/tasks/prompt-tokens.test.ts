import { join } from "node:path";
import type { Tokenizer } from "@anabranch/tokenizers";
import { beforeAll, describe, expect, it } from "vitest";
import { writeChatTemplate } from "../../test/support/chat-template.js";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { saveTinyModel } from "../../test/support/tiny-model.js";
import { loadTokenizer } from "../model/model-source.js";
import { answerEnd, promptTokens } from "./prompt-tokens.js";

let plain: Tokenizer;
let chat: Tokenizer;
beforeAll(async () => {
  const folder = join(await temporaryFolder(), "model");
  await saveTinyModel(folder);
  plain = await loadTokenizer(folder);
  await writeChatTemplate(folder);
  chat = await loadTokenizer(folder);
});

const read = (tokenizer: Tokenizer, framing: Parameters<typeof promptTokens>[0]): string =>
  tokenizer.decode(promptTokens(framing, tokenizer, "model")("Hi"), { skipSpecialTokens: false });

describe("promptTokens", () => {
  it("frames by the tokenizer's own tokens where there is no template, or the task does not chat", () => {
    expect(promptTokens({ system: "Be brief." }, plain, "model")("Hi")).toEqual(plain.encode("Hi"));
    expect(promptTokens({}, chat, "model")("Hi")).toEqual(chat.encode("Hi"));
  });

  it("frames by the chat template, with what the task tells the model first", () => {
    expect(read(chat, { chat: true })).toBe("<|facts|>user:Hi<|text|><|facts|>A:");
    expect(read(chat, { system: "Be brief." })).toBe(
      "<|facts|>system:Be brief.<|text|><|facts|>user:Hi<|text|><|facts|>A:",
    );
  });

  it("refuses a chat task without a template", () => {
    expect(() => read(plain, { chat: true })).toThrow("model has no chat template");
  });
});

describe("answerEnd", () => {
  it("is what the template writes after an answer, else the end token", () => {
    const id = (token: string) => plain.encode(token, { addSpecialTokens: false })[0];
    expect(answerEnd({ chat: true }, chat)).toBe(id("<|text|>"));
    expect(answerEnd({}, chat)).toBe(id("<|end|>"));
    expect(answerEnd({ system: "Be brief." }, plain)).toBe(id("<|end|>"));
  });
});
