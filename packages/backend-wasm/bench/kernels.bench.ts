/**
 * Milliseconds of all matrix products of SmolLM2-135M, with the head for every row, by rows, on one thread: in this Node and in
 * Node 24, which has relaxed SIMD. Weights are random and distinct, 8 bits. `pnpm bench kernels [--rounds 3]`
 *
 * Engines and builds take turns; the smallest time of all rounds stands, since other work only ever adds.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machineLine } from "@anabranch/bench-kit/machine";
import { findNode24 } from "@anabranch/bench-kit/node-24";
import { ROWS, type Times } from "./kernels/times.js";

const { values } = parseArgs({ args: process.argv.slice(2), options: { rounds: { type: "string", default: "3" } } });

const child = fileURLToPath(new URL("./kernels/times.ts", import.meta.url));
const node24 = findNode24();
if (node24 === undefined) console.log("Node 24 is not installed: without it, no relaxed SIMD.");
const engines = [process.execPath, ...(node24 === undefined ? [] : [node24])];
const best = new Map<string, number[]>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const engine of engines) {
    const args = ["--import", "tsx", "--conditions=anabranch-source", child];
    for (const { name, times } of JSON.parse(execFileSync(engine, args, { encoding: "utf8" })) as Times[]) {
      const before = best.get(name) ?? times;
      best.set(
        name,
        times.map((time, index) => Math.min(time, before[index] as number)),
      );
    }
  }
}

console.log(await machineLine());
console.log(`${"rows".padEnd(40)}${ROWS.map((rows) => String(rows).padStart(8)).join("")}   16 : 1`);
for (const [name, times] of best) {
  const ratio = (times.at(-1) as number) / (times[0] as number);
  console.log(
    `${name.padEnd(40)}${times.map((time) => time.toFixed(2).padStart(8)).join("")}${ratio.toFixed(1).padStart(9)}`,
  );
}
