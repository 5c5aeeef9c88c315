import { describe, expect, it } from "vitest";
import { embedded, prompt, withoutEmbedded } from "./support/embedded.js";
import { startPages } from "./support/pages.js";

describe.skipIf(withoutEmbedded !== "")(`streams in a browser${withoutEmbedded}`, () => {
  const pages = startPages(embedded);

  it.each([true, false])("write what plain decoding writes (cross-origin isolated: %s)", async (isolated) => {
    const { page, close } = await pages.open({ isolated });
    const { plain, drafted, fromDraft, warnings } = await page.evaluate(async (prompt) => {
      const model = await anabranch.load("./base", { adapter: "./lossless", threads: 2 });
      const plain = await model.generate(prompt, { drafter: "none" }).text();
      const drafted: string[] = [];
      let fromDraft = 0;
      for (const streams of ["deferred", "parallel", "auto"] as const) {
        let text = "";
        for await (const piece of model.generate(prompt, { streams })) {
          text += piece.text;
          if (piece.fromDraft) fromDraft++;
        }
        drafted.push(text);
      }
      await model.dispose();
      return { plain, drafted, fromDraft, warnings: model.warnings };
    }, prompt);
    await close();
    expect(plain).toMatch(/The Mill.*\.$/);
    expect(drafted).toEqual([plain, plain, plain]);
    expect(fromDraft).toBeGreaterThan(10);
    const aboutThreads = warnings.filter((warning) => warning.includes("cross-origin isolated"));
    expect(aboutThreads).toHaveLength(isolated ? 0 : 1);
  });

  it("draw a seed's text as plain decoding does, and refuse what makes no sense", async () => {
    const { page, close } = await pages.open();
    const { texts, refused } = await page.evaluate(async (prompt) => {
      const model = await anabranch.load("./base", { adapter: "./lossless", threads: 2 });
      const texts: string[] = [];
      for (const seed of [1, 2]) {
        const sampling = { temperature: 1.5, topP: 0.95, repetitionPenalty: 1.1, seed };
        for (const drafter of ["streams", "none"] as const) {
          texts.push(await model.generate(prompt, { drafter, nodes: 8, maxTokens: 40, sampling }).text());
        }
      }
      const wrong = model.generate(prompt, { sampling: { topP: 2 } }).text();
      const refused = await wrong.catch(({ code, subject }) => ({ code, subject }));
      await model.dispose();
      return { texts, refused };
    }, prompt);
    await close();
    expect(texts[0]).toBe(texts[1]);
    expect(texts[2]).toBe(texts[3]);
    expect(texts[0]).not.toBe(texts[2]);
    expect(refused).toEqual({ code: "INVALID_ARGUMENT", subject: "sampling.topP" });
  });

  it("run without a worker where that is asked for", async () => {
    const { page, close } = await pages.open({ isolated: false });
    const here = await page.evaluate(async (prompt) => {
      const model = await anabranch.load("./base", { adapter: "./lossless", worker: false });
      return model.generate(prompt).text();
    }, prompt);
    expect(page.workers()).toHaveLength(0);
    await close();
    expect(here).toMatch(/The Mill.*\.$/);
  });

  it("run from files that a visitor chose", async () => {
    const { page, server, close } = await pages.open();
    const texts = await page.evaluate(async (prompt) => {
      const chosen = async (folder: string, names: string[]) =>
        Promise.all(names.map(async (name) => new File([await (await fetch(`${folder}/${name}`)).blob()], name)));
      const files = await chosen("/base", ["model.safetensors", "config.json", "tokenizer.json"]);
      const adapter = await chosen("/lossless", ["adapter_config.json", "adapter_model.safetensors"]);
      const model = await anabranch.load(files, { adapter });
      const texts = await Promise.all([
        model.generate(prompt).text(),
        model.generate(prompt, { drafter: "none" }).text(),
      ]);
      await model.dispose();
      return texts;
    }, prompt);
    expect(server.asked).toHaveLength(5);
    await close();
    expect(texts[0]).toMatch(/The Mill.*\.$/);
    expect(texts[1]).toBe(texts[0]);
  });
});
