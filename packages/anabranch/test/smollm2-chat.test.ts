import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LanguageModel, load } from "../src/index.js";
import { absent, sharedPath } from "./support/shared.js";

const file = sharedPath("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");
const reason = absent(file);

describe.skipIf(reason !== "")(`SmolLM2-135M-Instruct, a chat model from a GGUF file${reason}`, () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await load(file, { threads: 2, keepCopy: false, rowPrecision: "int14" });
  }, 600_000);
  afterAll(() => model?.dispose());

  it("answers two questions, the second by the first, and runs only what is new in it", async () => {
    const chat = model.chat();
    const first = chat.send("What is the capital of France?", { maxTokens: 12 });
    expect(await first.text()).toBe("The capital of France is Paris.");
    expect(first).toMatchObject({ finish: "stop-token", prompt: { tokens: 37, kept: 0 } });
    const second = chat.send("And of Italy?", { maxTokens: 12 });
    expect(await second.text()).toBe("The capital of Italy is Rome.");
    // All of the first turn but its end: the answer's tokens come out of the template as they were written.
    expect(second.prompt).toEqual({ tokens: 59, kept: 44 });
    await chat.dispose();
  }, 600_000);

  it("stops at a string amid a sentence", async () => {
    const answer = model.chat().send("What is the capital of France?", { maxTokens: 12, stop: [" is P", "nope"] });
    expect(await answer.text()).toBe("The capital of France");
    expect(answer.finish).toBe("stop-string");
  }, 600_000);
});
