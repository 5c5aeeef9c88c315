/**
 * Microseconds, for one layer of SmolLM2-135M and one thread, of what stands between the matrix products, by rows.
 * `pnpm bench row-kernels [--context 512]`; smallest of 30 times.
 */
import { parseArgs } from "node:util";
import { HIDDEN_BIAS } from "@anabranch/core";
import { attendCallBytes, loadKernels, writeAttendCall } from "../src/index.js";
import { webAssembly } from "../src/web-assembly.js";

const { values } = parseArgs({ args: process.argv.slice(2), options: { context: { type: "string", default: "512" } } });
const slots = Number(values.context);
const ROWS = [1, 2, 4, 8, 16];
const [heads, kvHeads, headSize, hidden, mlp, vocabulary] = [9, 3, 64, 576, 1536, 49152];
const most = Math.max(...ROWS);

const memory = new webAssembly.Memory({ initial: 1024, maximum: 1024 });
const kernels = await loadKernels({ memory });
let next = 64;
function room(floats: number): number {
  const address = next;
  next += 4 * floats + 64;
  new Float32Array(memory.buffer, address, floats).forEach((_, index, all) => {
    all[index] = Math.sin(index * 1.7) * 3;
  });
  return address;
}

const [x, y, up] = [room(most * 2 * mlp), room(most * 2 * mlp), room(most * 2 * mlp)];
const weight = room(mlp);
const [keys, cached] = [room(kvHeads * slots * headSize), room(kvHeads * slots * headSize)];
const [bias, cosines] = [room(most * slots), room(64 * 32)];
const [others, othersBias] = [7 * slots, room(most * 8 * slots)];
new Float32Array(memory.buffer, othersBias, most * 8 * slots).fill(HIDDEN_BIAS);
const positions = room(most);
new Int32Array(memory.buffer, positions, most).fill(7);
const [logits, sums, indices] = [room(most * vocabulary), room(most), room(most * 8)];
const call = room(attendCallBytes(2));

function writeCall(rows: number, hidden: number): void {
  const source = { keys, values: cached, slots, slotStride: headSize, headStride: slots * headSize, positionStride: 0 };
  const seen = { ...source, bias, biasStride: slots, biasMemberStride: 0 };
  const ofOthers = { ...source, slots: hidden, bias: othersBias, biasStride: hidden, biasMemberStride: 0 };
  writeAttendCall(memory.buffer, call, {
    ...{
      query: x,
      queryStride: 960,
      out: y,
      outStride: hidden,
      rows,
      members: 1,
      heads,
      kvHeads,
      headSize,
      scale: 0.125,
    },
    sources: hidden === 0 ? [seen] : [seen, ofOthers],
  });
}

writeCall(1, others);
const scratch = room(Math.max(kernels.attendScratchBytes(call), kernels.logSumExpScratchBytes()) / 4);

function attend(rows: number, hidden = 0): void {
  writeCall(rows, hidden);
  kernels.attend(call, scratch, 0, rows * heads);
}

const works: Record<string, (rows: number) => void> = {
  "norm, 576": (rows) => kernels.norm(x, hidden, weight, hidden, 1, 1e-5, y, hidden, 0, rows),
  "quantize, 576, 8 bits": (rows) => kernels.quantize(x, hidden, hidden, hidden, 8, y, 0, rows),
  "quantize, 1536, 8 bits": (rows) => kernels.quantize(x, mlp, mlp, mlp, 8, y, 0, rows),
  "rope, 12 heads": (rows) => kernels.rope(x, 960, 12, headSize, 32, positions, cosines, cosines, 0, 0, rows),
  [`attend, ${slots} slots`]: (rows) => attend(rows),
  [`attend, ${others} hidden too`]: (rows) => attend(rows, others),
  "silu * up, 1536": (rows) => kernels.activate(0, x, up, mlp, mlp, y, 0, rows * mlp),
  "add, 576": (rows) => kernels.add(x, up, 1e-9, x, 0, rows * hidden),
  "top 8, once a pass": (rows) => {
    kernels.logSumExp(logits, vocabulary, vocabulary, sums, scratch, 0, rows);
    kernels.topK(logits, vocabulary, vocabulary, 8, sums, y, indices, 0, rows);
  },
};

console.log(`Node ${process.versions.node}`);
console.log(`${"rows".padEnd(26)}${ROWS.map((rows) => String(rows).padStart(9)).join("")}`);
for (const [name, work] of Object.entries(works)) {
  const cells = ROWS.map((rows) => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 30; round++) {
      const from = performance.now();
      for (let again = 0; again < 10; again++) work(rows);
      best = Math.min(best, performance.now() - from);
    }
    return (best * 100).toFixed(1).padStart(9);
  });
  console.log(`${name.padEnd(26)}${cells.join("")}`);
}
