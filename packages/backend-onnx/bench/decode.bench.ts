/**
 * SmolLM2-135M, plainly decoded, beside node-llama-cpp and transformers.js on equal weights: each engine in a process of its own, all
 * taking turns. `pnpm bench decode [--rounds 5] [--threads 2] [--tokens 64] [--formats int8/32,int8/32/int8,float32]`; medians.
 * A format is weights[/block size[/what our rows are rounded to]]: "mixed", as `load` has it, where nothing else is said.
 *
 * - anabranch: passes and commits of the ONNX backend, argmax in the graph.
 * - node-llama-cpp: `sequence.evaluate` at temperature 0, what its users get.
 * - llama.cpp, no sampling: the engine inside it alone, `llama_decode` once a token through node-llama-cpp's native context, with the
 *   reference's tokens fed and nothing chosen. One call into the addon and one hop to its thread are left of JavaScript. It is
 *   the prebuilt binary that node-llama-cpp ships for this processor; that ships no llama-bench, and nothing is built here.
 * - transformers.js: `generate`, greedy, on an ONNX file with the same weights (at 4 bits without Q4_1's offsets, which its files
 *   cannot say: as many bytes, rounded anew).
 *
 * "fastest tenth": a step of decoding that other work on the machine hardly disturbed; tokens/s is of all steps, waits included.
 * llama.cpp reads Q8_0, blocks of 32, for int8 of any block. "argmax" says how often an engine's choice is the float32 reference's,
 * after texts of the reference.
 */
import { rm } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchCache, promptOf, type Reference, references, requireModel } from "@anabranch/bench-kit/smollm2";
import { ggufFor } from "@anabranch/bench-kit/smollm2-gguf";
import type { RowPrecision } from "../src/index.js";
import { type Engine, engineNames, engines } from "./decode/engines.js";
import { exportForTransformers, type Format, transformersFormats } from "./decode/files.js";
import type { DecodeReport, DecodeTask } from "./decode/report.js";
import { bundleEngines, runEngine } from "./decode/run-engine.js";
import { printAgreement, printHeader, printTable, type Rounds } from "./decode/table.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    tokens: { type: "string", default: "64" },
    formats: { type: "string", default: "int8/32,int8/32/int8,int8/128,int4/32,float32" },
  },
});

async function taskFor(format: string, { ids, greedy }: Reference): Promise<DecodeTask> {
  const [weights, blockSize = "32", rowPrecision = "mixed"] = format.split("/") as [Format, string?, RowPrecision?];
  return {
    // Q8_0 and Q4_1 are formats of ours at blocks of 32: all sides then compute with the same numbers.
    weights: blockSize === "32" && weights !== "float32" ? "as-stored" : weights,
    blockSize: Number(blockSize),
    rowPrecision,
    file: await ggufFor(weights),
    cache: join(benchCache, "decode"),
    transformers: { folder: join(benchCache, "transformers-js"), format: transformersFormats[weights] },
    threads: Number(values.threads),
    prompt: ids,
    answer: greedy,
    long: promptOf(512),
    tokens: Number(values.tokens),
    checks: [],
  };
}

/** A first run of each, which also brings the files into the system's cache. A rival that cannot run is left out, and why is printed. */
async function tryEngines(task: DecodeTask): Promise<Partial<Record<Engine, DecodeReport>>> {
  const reports: Partial<Record<Engine, DecodeReport>> = {};
  for (const engine of engineNames) {
    try {
      reports[engine] = await runEngine(engine, task);
    } catch (error) {
      if (engine === "ours") throw error;
      const lines = (error as Error).message.split("\n");
      console.log(`\n${engines[engine]} does not run: ${lines.findLast((line) => line.includes("Error")) ?? lines[0]}`);
    }
    // The first load of ours makes the copy that transformers.js's file is written from.
    if (engine === "ours") await exportForTransformers(task);
  }
  return reports;
}

async function runRounds(task: DecodeTask, able: readonly Engine[]): Promise<Rounds> {
  const rounds: Record<Engine, DecodeReport[]> = { ours: [], llama: [], "llama-engine": [], transformers: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    // Each time another begins, so that none always comes after the same.
    const begin = round % able.length;
    for (const engine of [...able.slice(begin), ...able.slice(0, begin)]) {
      rounds[engine].push(await runEngine(engine, task));
    }
  }
  return rounds;
}

requireModel();
await bundleEngines();
const all = references();
/** Where the reference's choice is known: every third token of its three long answers. */
const checks = [2, 4, 5].flatMap((index) => {
  const { ids, greedy } = all[index] as Reference;
  return greedy.flatMap((token, at) => (at % 3 === 0 ? [{ text: [...ids, ...greedy.slice(0, at)], token }] : []));
});
const reference = all[4] as Reference;
console.log(
  `SmolLM2-135M-Instruct, ${values.threads} threads of ${cpus().length}, ${cpus()[0]?.model}, Node ${process.version}`,
);
console.log(
  `prompt of ${reference.ids.length} tokens, ${values.tokens} decoded; ${values.rounds} rounds in turns: medians`,
);
console.log("in brackets ours divided by theirs: of the medians, and the median of the rounds");
for (const format of values.formats.split(",")) {
  const task = await taskFor(format, reference);
  for (const stale of [task.cache, task.transformers.folder]) await rm(stale, { recursive: true, force: true });
  const first = await tryEngines({ ...task, checks: checks.map(({ text }) => text) });
  const rounds = await runRounds(
    task,
    engineNames.filter((engine) => first[engine] !== undefined),
  );
  printHeader(format);
  printTable(rounds);
  printAgreement(
    first,
    checks.map(({ token }) => token),
  );
  const { firstToken, peak } = first.ours as DecodeReport;
  console.log(
    `  our first load, which converts: first token after ${firstToken.toFixed(0)} ms, peak ${peak.toFixed(0)} MiB`,
  );
}
