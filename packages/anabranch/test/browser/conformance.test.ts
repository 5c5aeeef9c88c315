import { describe, expect, it } from "vitest";
import { withoutChromium } from "./support/chromium.js";
import { startPages } from "./support/pages.js";

interface CaseReport {
  readonly name: string;
  readonly failure: string | undefined;
}

/** Few of each property: Node's tests run many. */
const RUNS = 2;

describe.skipIf(withoutChromium !== "")(`the wasm backend in a browser's worker${withoutChromium}`, () => {
  const pages = startPages({}, { programs: ["conformance"] });

  it.each([
    { where: "cross-origin isolated, two threads", isolated: true, threads: 2 },
    { where: "not isolated, one thread", isolated: false, threads: 1 },
  ])("passes the conformance suite, $where", { timeout: 180_000 }, async ({ isolated, threads }) => {
    const { page, close } = await pages.open({ isolated });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
    const reports = await page.evaluate(
      ({ threads, runs }) =>
        new Promise<CaseReport[]>((resolve, reject) => {
          const reports: CaseReport[] = [];
          const worker = new Worker("/code/conformance.mjs", { type: "module" });
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.onmessage = ({ data }) => (data === undefined ? resolve(reports) : reports.push(data));
          worker.postMessage({ threads, runs });
        }),
      { threads, runs: RUNS },
    );
    await close();
    expect(reports.length).toBeGreaterThan(30);
    expect(reports.filter(({ failure }) => failure !== undefined)).toEqual([]);
  });
});
