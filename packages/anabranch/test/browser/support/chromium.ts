import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll } from "vitest";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser that CHROME_PATH names, or one that the system has installed. */
export function findChromium(): string | undefined {
  const named = process.env["CHROME_PATH"];
  if (named !== undefined) return named;
  const folders = ["/usr/bin", ...(process.env["PATH"] ?? "").split(delimiter)];
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** For a title: why its tests are skipped; empty where there is a browser. */
export const withoutChromium =
  findChromium() === undefined ? " (skipped: there is no Chromium; name one in CHROME_PATH)" : "";

const FLAGS = [
  "--no-sandbox", // A container has no other.
  ...["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/** A browser for a test file, closed after its tests. */
export async function openChromium(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: findChromium() ?? "", args: FLAGS });
  afterAll(() => browser.close());
  return browser;
}
