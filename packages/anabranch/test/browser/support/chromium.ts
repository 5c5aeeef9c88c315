import { chromiumFlags, findChromium } from "@anabranch/bench-kit/chromium";
import { type Browser, chromium } from "playwright-core";

/** For a title: why its tests are skipped; empty where there is a browser. */
export const withoutChromium =
  findChromium() === undefined ? " (skipped: there is no Chromium; name one in CHROME_PATH)" : "";

export function openChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? "", args: [...chromiumFlags] });
}
