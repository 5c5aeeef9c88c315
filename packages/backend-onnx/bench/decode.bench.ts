/**
 * SmolLM2-135M, plainly decoded, beside node-llama-cpp on equal weights: each engine in a process of its own, the two sides taking
 * turns. `pnpm bench decode [--rounds 5] [--threads 2] [--tokens 64] [--formats int8/32,int8/128,int4/32,float32]`; medians.
 * llama.cpp runs behind node-llama-cpp's callbacks; its engine alone, without a JavaScript side, is faster (docs/decisions/weights.md).
 */
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openGguf, requantizeGguf } from "@anabranch/checkpoints";
import type { DecodeReport, DecodeTask } from "./decode/report.js";
import { bundleEngines, runEngine } from "./decode/run-engine.js";
import { benchCache, modelFile, promptOf, references, requireModel } from "./smollm2.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    tokens: { type: "string", default: "64" },
    formats: { type: "string", default: "int8/32,int8/128,int4/32,float32" },
  },
});

/** The same weights for llama.cpp: the file itself holds 4 bits; others are written from it. */
async function fileFor(weights: string): Promise<string> {
  if (weights === "int4") return modelFile;
  const type = weights === "int8" ? "Q8_0" : "F32";
  const file = join(benchCache, `SmolLM2-135M-Instruct.${type}.gguf`);
  if (existsSync(file)) return file;
  await mkdir(benchCache, { recursive: true });
  const source = await openGguf(modelFile);
  await requantizeGguf(source, file, type);
  await source.close();
  return file;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] as number;

const measures: readonly [of: keyof DecodeReport, name: string, digits: number][] = [
  ["tokensPerSecond", "tokens/s", 1],
  ["prefill", "prefill 512, ms", 0],
  ["firstToken", "first token, ms", 0],
  ["peak", "peak, MiB", 0],
];

function print(ours: readonly DecodeReport[], theirs: readonly DecodeReport[]): void {
  for (const [key, name, digits] of measures) {
    const [a, b] = [ours, theirs].map((reports) => median(reports.map((each) => each[key]))) as [number, number];
    const ratios = ours.map((each, round) => each[key] / (theirs[round] as DecodeReport)[key]);
    const cells = [a.toFixed(digits), b.toFixed(digits), (a / b).toFixed(2), median(ratios).toFixed(2)];
    console.log(`  ${name.padEnd(18)}${cells.map((cell) => cell.padStart(14)).join("")}`);
  }
}

requireModel();
await bundleEngines();
const prompt = references()[3]?.ids ?? [];
console.log(
  `SmolLM2-135M-Instruct, ${values.threads} threads of ${cpus().length}, ${cpus()[0]?.model}, Node ${process.version}`,
);
console.log(`prompt of ${prompt.length} tokens, ${values.tokens} decoded; ${values.rounds} rounds in turns, medians`);
for (const format of values.formats.split(",")) {
  const [weights, blockSize = "32"] = format.split("/") as [DecodeTask["weights"], string?];
  const file = await fileFor(weights);
  const task: DecodeTask = {
    // Q8_0 and Q4_1 are formats of ours at blocks of 32: both sides then compute with the same numbers.
    weights: blockSize === "32" && weights !== "float32" ? "as-stored" : weights,
    blockSize: Number(blockSize),
    file,
    cache: join(benchCache, "decode"),
    threads: Number(values.threads),
    prompt,
    long: promptOf(512),
    tokens: Number(values.tokens),
  };
  await rm(join(benchCache, "decode"), { recursive: true, force: true });
  const first = await runEngine("ours", task);
  const ours: DecodeReport[] = [];
  const theirs: DecodeReport[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    ours.push(await runEngine("ours", task));
    theirs.push(await runEngine("llama", task));
  }
  console.log(
    `\n${format}${" ".repeat(Math.max(1, 20 - format.length))}     anabranch node-llama-cpp         ratio  ratio by turn`,
  );
  print(ours, theirs);
  console.log(
    `  first load, which converts: first token after ${first.firstToken.toFixed(0)} ms, peak ${first.peak.toFixed(0)} MiB`,
  );
}
