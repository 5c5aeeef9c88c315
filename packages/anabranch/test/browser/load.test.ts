import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lossless } from "@anabranch/model-e2e";
import { describe, expect, it } from "vitest";
import { load } from "../../src/index.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { bundlePages } from "./support/bundle-pages.js";
import { openChromium, withoutChromium } from "./support/chromium.js";
import { serve } from "./support/serve.js";

const prompt = "name[The Mill], eatType[pub], food[French], area[riverside]";

describe.skipIf(withoutChromium !== "")(`a page${withoutChromium}`, async () => {
  const folder = await temporaryFolder();
  await bundlePages(folder, ["page"]);
  const browser = await openChromium();
  const served = {
    "/page.mjs": join(folder, "page.mjs"),
    "/base": fileURLToPath(lossless.model),
    "/lossless": fileURLToPath(lossless.adapter),
  };

  it.each([true, false])("generates, isolated: %s", async (isolated) => {
    const server = await serve(served, { isolated });
    const context = await browser.newContext();
    const page = await context.newPage();
    page.on("console", (message) => console.log(message.text()));
    page.on("pageerror", (error) => console.log(error));
    await page.goto(server.origin);
    await page.addScriptTag({ url: "/page.mjs", type: "module" });
    const result = await page.evaluate(async (prompt) => {
      const model = await anabranch.load("./base", {
        adapter: "./lossless",
        onProgress: (p) => console.log(JSON.stringify(p)),
      });
      const text = await model.generate(prompt).text();
      const { warnings } = model;
      return { text, warnings, isolated: crossOriginIsolated };
    }, prompt);
    console.log(result, server.asked, page.workers().length);
    const model = await load(lossless.model, { backend: "wasm" });
    expect(result.text).toBe(await model.generate(prompt).text());
    await context.close();
  });
});
