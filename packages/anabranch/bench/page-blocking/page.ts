/** Measures, in a page, how long the library keeps the page's own thread from answering. */
import { load } from "../../src/browser/index.js";
import type { Measured } from "./measured.js";
import { startTicker } from "./ticker.js";

async function watched(name: string, work: () => Promise<unknown>): Promise<Measured> {
  let longTasks = 0;
  const observer = new PerformanceObserver((list) => {
    longTasks += list.getEntries().length;
  });
  observer.observe({ type: "longtask" });
  const begun = performance.now();
  const stop = startTicker();
  await work();
  const { ticks, longest } = stop();
  observer.disconnect();
  return { name, seconds: (performance.now() - begun) / 1000, ticks, longest, longTasks };
}

async function measure(model: string, prompt: string, maxTokens: number): Promise<readonly Measured[]> {
  const idle = () => watched("nothing", () => new Promise((resolve) => setTimeout(resolve, 3000)));
  const open = async (what: string) => {
    let loaded: Awaited<ReturnType<typeof load>> | undefined;
    const measured = await watched(what, async () => {
      loaded = await load(model);
    });
    return { measured, loaded: loaded as NonNullable<typeof loaded> };
  };
  const results = [await idle()];
  const first = await open("load from a server, keep");
  await first.loaded.dispose();
  const second = await open("load what is kept");
  results.push(first.measured, second.measured);
  results.push(await watched("generate", () => second.loaded.generate(prompt, { maxTokens }).text()));
  results.push(await watched("dispose", () => second.loaded.dispose()), await idle());
  return results;
}

Object.assign(globalThis, { measure });
