import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "@anabranch/bench-kit/bundle";
import { benchCache } from "@anabranch/bench-kit/smollm2";
import { type Browser, chromium } from "playwright-core";
import type { Opening, Place, PlaceSettings, Side, Target } from "../side.js";
import type { PageSide } from "./page/page-platform.js";
import { serveFiles } from "./serve-files.js";

/** Debian's package. */
const executablePath = "/usr/bin/chromium";

const programs = ["ours", "ours-worker", "wllama"] as const;

const sides: readonly { name: string; program: (typeof programs)[number]; target?: Target }[] = [
  { name: "backend-wasm", program: "ours" },
  { name: "wllama", program: "wllama", target: { decoding: 6, prefill: 4 } },
];

/** Chromium without window, each side in a cross-origin isolated page of its own; undefined where it is not installed. */
export async function chromiumPlace({ file, rowPrecision }: PlaceSettings): Promise<Place | undefined> {
  if (!existsSync(executablePath)) {
    console.log(`\nskipped: there is no ${executablePath} (Debian's package chromium)`);
    return undefined;
  }
  const folder = join(benchCache, "wasm-programs-chromium");
  const here = fileURLToPath(new URL("./page/", import.meta.url));
  const entries = Object.fromEntries(programs.map((program) => [program, join(here, `${program}.ts`)]));
  await bundle({ entries, folder, platform: "browser" });
  const wllama = createRequire(import.meta.url).resolve("@wllama/wllama/esm/wasm/wllama.wasm");
  const bundles = programs.map((program) => [`/${program}.mjs`, join(folder, `${program}.mjs`)] as const);
  const pages = programs.map((program) => [`/${program}.html`, pageOf(program)] as const);
  const server = await serveFiles({
    files: new Map([["/model.gguf", file], ["/wllama.wasm", wllama], ...bundles]),
    pages: new Map(pages),
  });
  const browser = await chromium.launch({
    executablePath,
    args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"],
  });
  const opening = (threads: number, { name, program, target }: (typeof sides)[number]): Opening => {
    const side = program === "ours" ? `${name}, rows ${rowPrecision}` : name;
    const told = new URLSearchParams({ model: "/model.gguf", threads: String(threads), rowPrecision });
    const url = `${server.origin}/${program}.html?${told}`;
    return { name: side, target, open: () => openPage(browser, side, url) };
  };
  return {
    name: `Chromium ${browser.version().split(".")[0]}`,
    openings: (threads) => sides.map((side) => opening(threads, side)),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

const pageOf = (program: string): string =>
  `<!doctype html><title>${program}</title><script type="module" src="/${program}.mjs"></script>`;

/** @throws Error with what went wrong in the page */
async function openPage(browser: Browser, name: string, url: string): Promise<Side> {
  const page = await browser.newPage();
  try {
    await page.goto(url);
    const isolated = await page.evaluate(() => (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated);
    if (isolated !== true) throw new Error(`The page of ${name} is not cross-origin isolated.`);
    const loading = await page.evaluate(() => (globalThis as unknown as { side: PageSide }).side.loading);
    return {
      name,
      loading,
      run: (task) => page.evaluate((asked) => (globalThis as unknown as { side: PageSide }).side.run(asked), task),
      close: () => page.close(),
    };
  } catch (error) {
    await page.close();
    throw error;
  }
}
