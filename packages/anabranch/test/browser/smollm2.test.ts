import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { load } from "../../src/index.js";
import { absent, sharedPath } from "../support/shared.js";
import { withoutChromium } from "./support/chromium.js";
import { addLibrary, startPages } from "./support/pages.js";

const file = sharedPath("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
const reason = withoutChromium || absent(file);
const question = "What is the capital of France? Say a little about it.";
const settings = { maxTokens: 24 };

describe.skipIf(reason !== "")(`SmolLM2 in a browser${reason}`, () => {
  const pages = startPages({ "/model": dirname(file) });

  const inNode = once(async () => {
    const model = await load(file, { backend: "wasm", keepCopy: false });
    const chat = model.chat({ system: "Be brief.", ...settings });
    const answers = [await chat.send(question).text(), await chat.send("And of Italy?").text()];
    await chat.dispose();
    await model.dispose();
    return answers;
  });

  it.each([true, false])(
    "says what it says in Node, and is loaded from storage the second time (cross-origin isolated: %s)",
    { timeout: 180_000 },
    async (isolated) => {
      const { page, server, close } = await pages.open({ isolated });
      const talk = () =>
        page.evaluate(
          async ([question, settings]) => {
            const progress: { receivedBytes: number; totalBytes: number }[] = [];
            const begun = performance.now();
            const loading = startTicker();
            const model = await anabranch.load("/model/SmolLM2-135M-Instruct.Q4_1.gguf", {
              onProgress: ({ receivedBytes, totalBytes }) => progress.push({ receivedBytes, totalBytes }),
            });
            const seconds = (performance.now() - begun) / 1000;
            const whileLoading = loading();
            const generating = startTicker();
            const chat = model.chat({ system: "Be brief.", ...settings });
            const answers = [await chat.send(question).text(), await chat.send("And of Italy?").text()];
            const whileGenerating = generating();
            const { messages } = chat;
            await chat.dispose();
            await model.dispose();
            return { answers, messages, progress, seconds, whileLoading, whileGenerating, warnings: model.warnings };
          },
          [question, settings] as const,
        );
      const first = await talk();
      expect(first.answers).toEqual(await inNode());
      expect(first.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user", "assistant"]);
      expect(first.warnings).toHaveLength(isolated ? 0 : 1);
      expect(first.progress.length).toBeGreaterThan(1);
      expect(first.progress.at(-1)).toEqual({ receivedBytes: 98_362_432, totalBytes: 98_362_432 });
      expect(server.asked).toEqual(["/model/SmolLM2-135M-Instruct.Q4_1.gguf"]);

      await page.reload();
      await addLibrary(page);
      server.asked.length = 0;
      const second = await talk();
      expect(second.answers).toEqual(first.answers);
      expect(server.asked).toEqual([]);
      expect(second.progress.at(-1)).toEqual({ receivedBytes: 98_362_432, totalBytes: 98_362_432 });
      for (const { whileLoading, whileGenerating, seconds } of [first, second]) {
        expect(whileLoading.ticks).toBeGreaterThan(0);
        expect(whileGenerating.ticks).toBeGreaterThan(0);
        const longest = [whileLoading, whileGenerating].map((ticks) => ticks.longest.toFixed(1)).join(" and ");
        console.log(`isolated: ${isolated}; loaded in ${seconds.toFixed(1)} s; the page's longest wait: ${longest} ms`);
      }
      await close();
    },
  );
});

function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => {
    value ??= work();
    return value;
  };
}
