import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LoadOptions } from "../../src/browser/index.js";
import { embedded, prompt, withoutEmbedded } from "./support/embedded.js";
import { type OpenedPage, startPages } from "./support/pages.js";

const files = ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"];
/** Optional ones that the model has not: asked for once. */
const absent = ["generation_config.json", "chat_template.jinja"];

describe.skipIf(withoutEmbedded !== "")(`files in a browser's storage${withoutEmbedded}`, () => {
  const pages = startPages(embedded);

  /** What a load asked the server for, in order of the alphabet; and what it warned of. */
  const loaded = async ({ page, server }: OpenedPage, options: LoadOptions = {}) => {
    server.asked.length = 0;
    const { text, warnings } = await page.evaluate(
      async ([prompt, options]) => {
        const model = await anabranch.load("./base", { threads: 1, ...options });
        const text = await model.generate(prompt).text();
        await model.dispose();
        return { text, warnings: model.warnings };
      },
      [prompt, options] as const,
    );
    expect(text).toMatch(/The Mill.*\.$/);
    return { asked: server.asked.map((path) => path.replace("/base/", "")).sort(), warnings };
  };
  const all = [...files, ...absent].sort();

  it("are kept until they are forgotten", async () => {
    const opened = await pages.open();
    expect(await loaded(opened)).toEqual({ asked: all, warnings: [] });
    expect((await loaded(opened)).asked).toEqual([]);
    await opened.page.evaluate(() => anabranch.forget("./base"));
    expect((await loaded(opened)).asked).toEqual(all);
    await opened.page.evaluate(() => anabranch.forget("./lossless"));
    expect((await loaded(opened)).asked).toEqual([]);
    await opened.page.evaluate(() => anabranch.forget());
    expect((await loaded(opened)).asked).toEqual(all);
    await opened.close();
  });

  it("are not kept where that is not wanted", async () => {
    const opened = await pages.open();
    expect((await loaded(opened, { keep: false })).asked).toEqual(all);
    expect((await loaded(opened)).asked).toEqual(all);
    await opened.close();
  });

  it("are fetched anew where they have changed and that is asked for", async () => {
    const opened = await pages.open();
    await loaded(opened);
    const same = await loaded(opened, { refresh: true });
    expect(same.asked).toEqual([...absent, ...files.map((file) => `HEAD ${file}`)].sort());
    const changed = await readFile(join(embedded["/base"] as string, "tokenizer_config.json"));
    opened.server.intercept = ({ url }, response) => {
      if (url !== "/base/tokenizer_config.json") return false;
      response.setHeader("etag", '"changed"').end(changed);
      return true;
    };
    const other = await loaded(opened, { refresh: true });
    expect(other.asked).toEqual([...same.asked, "tokenizer_config.json"].sort());
    expect((await loaded(opened)).asked).toEqual([]);
    await opened.close();
  });

  it("are fetched once by two loads at the same time", async () => {
    const { page, server, close } = await pages.open();
    const texts = await page.evaluate(async (prompt) => {
      const models = await Promise.all([1, 2].map(() => anabranch.load("./base", { threads: 1 })));
      return Promise.all(models.map((model) => model.generate(prompt).text()));
    }, prompt);
    expect(new Set(texts).size).toBe(1);
    expect(server.asked.map((path) => path.replace("/base/", "")).sort()).toEqual(all);
    await close();
  });

  it("lie in Cache Storage where there is no private file system", async () => {
    const opened = await pages.open({ isolated: false });
    await opened.page.evaluate(() => {
      Object.defineProperty(StorageManager.prototype, "getDirectory", { value: undefined });
    });
    // A worker has its own interfaces: here the page itself does without.
    expect(await loaded(opened, { worker: false })).toMatchObject({ asked: all });
    expect(await opened.page.evaluate(() => caches.has("anabranch"))).toBe(true);
    expect((await loaded(opened, { worker: false })).asked).toEqual([]);
    await opened.page.evaluate(() => anabranch.forget("./base"));
    expect((await loaded(opened, { worker: false })).asked).toEqual(all);
    await opened.close();
  });

  it.each([
    { when: "before", quota: 2_000_000 },
    { when: "although the browser has promised room", quota: 2_000_000, promised: true },
  ])("are used all the same where storage is too small, $when", async ({ quota, promised = false }) => {
    const opened = await pages.open({ isolated: false });
    const browser = await opened.page.context().newCDPSession(opened.page);
    await browser.send("Storage.overrideQuotaForOrigin", { origin: opened.server.origin, quotaSize: quota });
    const worker = !promised;
    if (promised) {
      await opened.page.evaluate(() => {
        Object.defineProperty(StorageManager.prototype, "estimate", { value: async () => ({ quota: 1e12, usage: 0 }) });
      });
    }
    const { warnings } = await loaded(opened, worker ? {} : { worker });
    expect(warnings.filter((warning) => warning.includes("is not kept"))).toHaveLength(1);
    const again = await loaded(opened, worker ? {} : { worker });
    expect(again.asked).toContain("model.safetensors");
    await opened.close();
  });
});
