import { join } from "node:path";
import type { Page } from "playwright-core";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { bundlePages } from "./bundle-pages.js";
import { openChromium } from "./chromium.js";
import { type Served, serve, type TestServer } from "./serve.js";

export interface OpenedPage {
  readonly page: Page;
  readonly server: TestServer;
  close(): Promise<void>;
}

export interface Pages {
  /** A page with the library, of a visitor who has stored nothing yet, and its server. */
  open(options?: { readonly isolated?: boolean }): Promise<OpenedPage>;
}

/** Pages of a test file. */
export async function startPages(served: Served, names: readonly string[] = ["page"]): Promise<Pages> {
  const folder = await temporaryFolder();
  await bundlePages(folder, names);
  const browser = await openChromium();
  return {
    async open({ isolated = true } = {}) {
      const server = await serve({ ...served, "/code": folder }, { isolated });
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(server.origin);
      if (names.includes("page")) await addLibrary(page);
      server.asked.length = 0;
      return { page, server, close: () => context.close() };
    },
  };
}

/** Anew after each reload. */
export async function addLibrary(page: Page): Promise<void> {
  await page.addScriptTag({ url: join("/code", "page.mjs"), type: "module" });
}
