/**
 * How long loading and generating keep a page's own thread from answering: it shall never be more than 16 ms, a frame.
 * SmolLM2-135M in Debian's Chromium, cross-origin isolated. `pnpm bench page-blocking`
 *
 * The thread's timer comes round every 4 ms. Where a machine has no processor to spare for it, that counts too: "nothing" says how
 * long it waits when the library does not run.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "@anabranch/bench-kit/bundle";
import { chromiumFlags, findChromium } from "@anabranch/bench-kit/chromium";
import { machineLine } from "@anabranch/bench-kit/machine";
import { benchCache, modelFile, requireModel } from "@anabranch/bench-kit/smollm2";
import { chromium } from "playwright-core";
import { browserPrograms } from "../build/browser-programs.js";
import type { Measured } from "./page-blocking/measured.js";
import { serveFiles } from "./wasm/chromium/serve-files.js";

requireModel();
const executablePath = findChromium();
if (executablePath === undefined) {
  console.log("Skipped: there is no Chromium; name one in CHROME_PATH.");
  process.exit(0);
}
const folder = join(benchCache, "page-blocking");
await bundle({
  entries: { page: fileURLToPath(new URL("page-blocking/page.ts", import.meta.url)) },
  folder,
  platform: "browser",
  define: (await browserPrograms(["anabranch-source"])).define,
});
const server = await serveFiles({
  files: new Map([
    ["/page.mjs", join(folder, "page.mjs")],
    ["/model.gguf", modelFile],
  ]),
  pages: new Map([["/page.html", "<!doctype html><title>Anabranch</title>"]]),
});
const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
try {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/page.html`);
  await page.addScriptTag({ url: "/page.mjs", type: "module" });
  const measured = await page.evaluate(() =>
    (globalThis as unknown as { measure(...settings: unknown[]): Promise<readonly Measured[]> }).measure(
      "/model.gguf",
      "The river was so wide that",
      128,
    ),
  );
  console.log(await machineLine());
  console.log(`Chromium ${browser.version()}\n`);
  console.log("the page, while it does           s   ticks   longest wait, ms   long tasks");
  for (const { name, seconds, ticks, longest, longTasks } of measured) {
    const cells = [seconds.toFixed(1).padStart(8), String(ticks).padStart(8), longest.toFixed(1).padStart(19)];
    console.log(`${name.padEnd(26)}${cells.join("")}${String(longTasks).padStart(13)}`);
  }
} finally {
  await browser.close();
  await server.close();
}
