import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { embedded, prompt, withoutEmbedded } from "./support/embedded.js";
import { startPages } from "./support/pages.js";

describe.skipIf(withoutEmbedded !== "")(`a model of the hub in a browser${withoutEmbedded}`, () => {
  const pages = startPages({});

  it("is fetched by its name and revision, and kept", async () => {
    const { page, close } = await pages.open();
    const asked: string[] = [];
    await page.context().route("https://huggingface.co/**", async (route) => {
      const { pathname } = new URL(route.request().url());
      asked.push(pathname);
      const body = await readFile(join(embedded["/base"] as string, pathname.split("/").at(-1) as string)).catch(
        () => undefined,
      );
      const headers = { "access-control-allow-origin": "*" };
      await route.fulfill(body === undefined ? { status: 404, headers } : { body, headers });
    });
    const load = () =>
      page.evaluate(async (prompt) => {
        const model = await anabranch.load("org/small@v1", { threads: 1 });
        const text = await model.generate(prompt).text();
        await model.dispose();
        return { name: model.name, text };
      }, prompt);
    const first = await load();
    expect(first.name).toBe("https://huggingface.co/org/small/resolve/v1/");
    expect(first.text).toMatch(/The Mill.*\.$/);
    expect(asked).toContain("/org/small/resolve/v1/model.safetensors");
    asked.length = 0;
    expect(await load()).toEqual(first);
    expect(asked).toEqual([]);
    await close();
  });
});
