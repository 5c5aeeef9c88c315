import { chromiumFlags, findChromium } from "@anabranch/bench-kit/chromium";
import { type Browser, chromium } from "playwright-core";
import { afterAll } from "vitest";

/** For a title: why its tests are skipped; empty where there is a browser. */
export const withoutChromium =
  findChromium() === undefined ? " (skipped: there is no Chromium; name one in CHROME_PATH)" : "";

/** A browser for a test file, closed after its tests. */
export async function openChromium(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: findChromium() ?? "", args: [...chromiumFlags] });
  afterAll(() => browser.close());
  return browser;
}
