import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll } from "vitest";
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

export interface PagesOptions {
  /** Programs of pages/ that can be run. */
  readonly programs?: readonly string[];
  /** Writes files into a folder that is served at /made. */
  readonly make?: (folder: string) => Promise<unknown>;
}

/** Pages of a suite, for its tests and hooks: there is a browser while it runs, and none where it is skipped. */
export function startPages(served: Served, { programs = ["page"], make }: PagesOptions = {}): Pages {
  let folder = "";
  let browser: Browser;
  const servers: TestServer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "anabranch-"));
    await bundlePages(join(folder, "code"), programs);
    await make?.(join(folder, "made"));
    browser = await openChromium();
    return async () => {
      await browser.close();
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    };
  });

  return {
    async open({ isolated = true } = {}) {
      const own = { "/code": join(folder, "code"), "/made": join(folder, "made") };
      const server = await serve({ ...served, ...own }, { isolated });
      servers.push(server);
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(server.origin);
      if (programs.includes("page")) await addLibrary(page);
      server.asked.length = 0;
      return { page, server, close: () => context.close() };
    },
  };
}

/** Anew after each reload. */
export async function addLibrary(page: Page): Promise<void> {
  await page.addScriptTag({ url: "/code/page.mjs", type: "module" });
}
