/**
 * `pnpm soak wasm [--minutes 10] [--seed 1]`: the WebAssembly backend at work for a long time, on the small embedded model: prompts
 * and trees of random sizes, commits, rollbacks, forks, several texts in a pass, streams beside passes and after them, adapters
 * that come and go, on one model that stays and others that are loaded and disposed again, with one thread and with two. Ten
 * minutes are about a million rows.
 *
 * Texts that speculation gives are held to plain decoding's. At the end the exit code is 1 where memory grew
 * (memory-trend.ts says what that means), a thread or worker was left, or the process does not end by itself (scripts/soak.mjs
 * sees to that). Ctrl-C ends it early, with 130.
 */
import { parseArgs } from "node:util";
import { AnabranchError, type BackendModel } from "@anabranch/core";
import { createWasmBackend } from "../src/index.js";
import { Chance } from "./chance.js";
import { heapOf } from "./heap-of.js";
import { countThreads, type MemorySample, memoryTrends, sampleMemory } from "./memory-trend.js";
import { RandomWalk } from "./random-walk.js";
import { smallModel } from "./small-model.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { minutes: { type: "string", default: "10" }, seed: { type: "string", default: "1" } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes ${values.minutes}: give a number above 0.`);
  process.exit(2);
}

/** Rows between two looks at memory, of the model that stays and of one that comes and goes. */
const ROUND = { resident: 4000, visitor: 1000 };
/** Milliseconds between two lines. */
const LINES = 10_000;

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupt.abort(new Error(name)));
const options = { signal: interrupt.signal };

const { weights, adapter } = await smallModel();
const seeds = new Chance(Number(values.seed));
const load = (threads: number): Promise<BackendModel> => createWasmBackend({ threads }).load(weights, options);
const bytes = (number: number): string => `${(number / 2 ** 20).toFixed(1)} MiB`.padStart(11);

async function walkOn(model: BackendModel, rows: number): Promise<number> {
  const walk = new RandomWalk(model, adapter, new Chance(seeds.between(1, 2 ** 30)), options);
  while (walk.rows < rows) await walk.step();
  await walk.end();
  return walk.rows;
}

/** A model that comes and goes. */
async function visit(threads: number): Promise<number> {
  const model = await load(threads);
  try {
    return await walkOn(model, ROUND.visitor);
  } finally {
    await model.dispose();
  }
}

/** Works until the time is up. */
async function soak(): Promise<readonly MemorySample[]> {
  const samples: MemorySample[] = [];
  const resident = await load(2);
  try {
    const started = performance.now();
    const end = started + 60_000 * minutes;
    let [rows, nextLine] = [0, started];
    for (let round = 0; performance.now() < end; round++) {
      const counts = await Promise.all([walkOn(resident, ROUND.resident), visit(1 + (round % 2))]);
      rows += counts[0] + counts[1];
      const sample = await sampleMemory(heapOf(resident));
      samples.push(sample);
      process.send?.("at work");
      const now = performance.now();
      if (now < nextLine && now < end) continue;
      nextLine = now + LINES;
      const [speed, left] = [(1000 * rows) / (now - started), Math.max(0, (end - now) / 1000)];
      const numbers = `${String(rows).padStart(8)}${speed.toFixed(0).padStart(8)}${`${left.toFixed(0)} s`.padStart(8)}`;
      const { rss, heapUsed, external, arrayBuffers, wasm, blocks, threads } = sample;
      console.log(
        numbers + [rss, heapUsed, external, arrayBuffers, wasm, blocks].map(bytes).join("") + `${threads}`.padStart(9),
      );
    }
  } finally {
    await resident.dispose();
  }
  return samples;
}

/** Whether memory stayed, in words too. */
function judge(samples: readonly MemorySample[]): boolean {
  const trends = memoryTrends(samples);
  for (const { what, second, last, margin, grew } of trends) {
    const shown = what === "threads" ? (number: number) => String(number).padStart(11) : bytes;
    const verdict = grew ? `GREW by more than ${shown(margin).trim()}` : "flat";
    console.log(`${what.padEnd(14)}${shown(second)} in the second fifth,${shown(last)} in the last: ${verdict}`);
  }
  return !trends.some(({ grew }) => grew);
}

/** Whether no worker is left, in words too. */
function judgeWorkers(before: number): boolean {
  const kept = process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name));
  const threads = countThreads();
  const clean = kept.length === 0 && threads <= before;
  console.log(
    clean
      ? "workers: none left"
      : `workers: LEFT ${threads - before} threads of the system, and handles: ${kept.join(", ") || "none"}`,
  );
  return clean;
}

console.log(`Node ${process.versions.node}, ${minutes} minutes, seed ${values.seed}`);
const columns = ["rss", "js heap", "external", "buffers", "wasm", "blocks"].map((name) => name.padStart(11)).join("");
console.log(`${"rows".padStart(8)}${"rows/s".padStart(8)}${"left".padStart(8)}${columns}${"threads".padStart(9)}`);
try {
  // One model without workers first: what Node starts of its own accord is there after it.
  await visit(1);
  const threads = countThreads();
  const samples = await soak();
  const flat = judge(samples);
  const clean = judgeWorkers(threads);
  process.exitCode = flat && clean ? 0 : 1;
} catch (error) {
  if (!AnabranchError.isInstance(error, "ABORTED")) throw error;
  console.log("Interrupted.");
  process.exitCode = 130;
}
process.send?.("done");
