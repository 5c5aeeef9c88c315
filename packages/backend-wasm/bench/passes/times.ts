/** Measures passes in the engine that runs it, and prints `PassTimes` as JSON: a process of its own for each engine. */
import { parseArgs } from "node:util";
import { readRows, sequenceOf } from "@anabranch/bench-kit/smollm2";
import { loadModel } from "@anabranch/checkpoints";
import { createWasmBackend } from "../../src/index.js";
import type { RowPrecision } from "../../src/runtime/row-precision.js";
import { type PassTimes, ROWS } from "./pass-times.js";
import { openProducts } from "./products.js";

const { values } = parseArgs({
  options: {
    file: { type: "string", default: "" },
    threads: { type: "string", default: "1" },
    rows: { type: "string", default: "mixed" },
    context: { type: "string", default: "64" },
    runs: { type: "string", default: "40" },
  },
});
const [threads, rowPrecision] = [Number(values.threads), values.rows as RowPrecision];

/** Passes and products take turns, several runs at a time: each has weights of its own, and the last cache has room for one of them. */
const TURNS = 4;

/** Other work on the machine only ever adds. */
const low = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 10)] as number;

const { weights } = await loadModel(values.file);
const products = await openProducts(weights, threads, rowPrecision, Math.max(...ROWS));
const model = await createWasmBackend({ threads, rowPrecision }).load(weights);
const sequence = await sequenceOf(model, Number(values.context));
const times: { pass: number[]; products: number[] } = { pass: [], products: [] };
for (const count of ROWS) {
  const rows = readRows(count);
  const measured: { pass: number[]; products: number[] } = { pass: [], products: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    for (let run = 0; run < Number(values.runs) / TURNS; run++) {
      const from = performance.now();
      await model.pass([{ sequence, rows }]);
      measured.pass.push(performance.now() - from);
    }
    for (let run = 0; run < Number(values.runs) / TURNS; run++) measured.products.push(products.time(count));
  }
  times.pass.push(low(measured.pass));
  times.products.push(low(measured.products));
}
console.log(JSON.stringify(times satisfies PassTimes));
await model.dispose();
await products.close();
