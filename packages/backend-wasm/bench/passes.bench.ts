/**
 * Milliseconds of a pass of SmolLM2-135M at 8 bits by rows, the next token of every row asked for, beside those of its matrix
 * products alone: in this Node and in Node 24, which has relaxed SIMD.
 * `pnpm bench passes [--threads 1,2] [--rows mixed] [--context 64] [--runs 40] [--rounds 2]`
 *
 * Engines take turns, and passes with products; of all runs the fastest tenth stands, of rounds the smallest.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machineLine } from "@anabranch/bench-kit/machine";
import { findNode24 } from "@anabranch/bench-kit/node-24";
import { requireModel } from "@anabranch/bench-kit/smollm2";
import { ggufFor } from "@anabranch/bench-kit/smollm2-gguf";
import { type PassTimes, ROWS } from "./passes/pass-times.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    threads: { type: "string", default: "1,2" },
    rows: { type: "string", default: "mixed" },
    context: { type: "string", default: "64" },
    runs: { type: "string", default: "40" },
    rounds: { type: "string", default: "2" },
    engines: { type: "string", default: "20,24" },
  },
});

requireModel();
const file = await ggufFor("int8");
const child = fileURLToPath(new URL("./passes/times.ts", import.meta.url));
const node24 = findNode24();
if (node24 === undefined) console.log("Node 24 is not installed: without it, no relaxed SIMD.");
const engines = [
  ...(values.engines.includes("20") ? [{ name: `Node ${process.versions.node}`, binary: process.execPath }] : []),
  ...(node24 === undefined || !values.engines.includes("24") ? [] : [{ name: "Node 24", binary: node24 }]),
];
const smallest = (a: readonly number[], b: readonly number[] = a): number[] =>
  a.map((time, index) => Math.min(time, b[index] as number));

console.log(await machineLine());
console.log(`SmolLM2-135M-Instruct, Q8_0, rows ${values.rows}, ${values.context} slots of context; milliseconds\n`);
for (const threads of values.threads.split(",")) {
  const best = new Map<string, PassTimes>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, binary } of engines) {
      const settings = [
        `--file=${file}`,
        `--threads=${threads}`,
        `--rows=${values.rows}`,
        `--context=${values.context}`,
      ];
      const args = ["--import", "tsx", "--conditions=anabranch-source", child, ...settings, `--runs=${values.runs}`];
      const { pass, products } = JSON.parse(execFileSync(binary, args, { encoding: "utf8" })) as PassTimes;
      const before = best.get(name);
      best.set(name, { pass: smallest(pass, before?.pass), products: smallest(products, before?.products) });
    }
  }
  console.log(`${`${threads} threads`.padEnd(28)}${ROWS.map((rows) => String(rows).padStart(8)).join("")} rows`);
  for (const [name, { pass, products }] of best) {
    const line = (what: string, numbers: readonly number[], digits = 2): void =>
      console.log(`${`${name}, ${what}`.padEnd(28)}${numbers.map((n) => n.toFixed(digits).padStart(8)).join("")}`);
    line("pass", pass);
    line("its products", products);
    line(
      "pass : products",
      pass.map((time, index) => time / (products[index] as number)),
    );
    line(
      "pass : pass of 1 row",
      pass.map((time) => time / (pass[0] as number)),
    );
  }
  console.log();
}
