/**
 * What each fusion of the lowering brings: a pass of SmolLM2-135M with all of them, and with one left out at a time, the variants
 * taking turns. `pnpm bench fusions [--weights as-stored] [--context 128] [--threads 2] [--rounds 40]`; medians in milliseconds, and
 * in brackets the fastest fifth, which other work on the machine disturbs less. "sums" may show nothing: ONNX Runtime joins those
 * by itself where it sees them. Where a model's weights happen to lie in memory makes a twentieth: "all" stands first and last, and
 * what differs less than those two do is no gain.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchCache, modelFile, readRows, requireModel, sequenceOf } from "@anabranch/bench-kit/smollm2";
import { loadConverted } from "@anabranch/checkpoints/node";
import type { BackendModel, Sequence } from "@anabranch/core";
import { createOnnxBackend } from "../src/index.js";
import { FUSIONS, type Fusion } from "../src/lowering/fusion.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    weights: { type: "string", default: "int8" },
    context: { type: "string", default: "128" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "40" },
  },
});
const ROWS = [1, 4, 8, 64];
/** Passes of a turn; the first of them is warm-up. */
const TURN = 3;

interface Variant {
  readonly name: string;
  readonly model: BackendModel;
  readonly sequence: Sequence;
}

async function variant(name: string, without: readonly Fusion[]): Promise<Variant> {
  const weights = values.weights as "int8" | "int4" | "float32" | "as-stored";
  const loaded = await loadConverted(modelFile, { weights, blockSize: 32, cache: benchCache });
  const model = await createOnnxBackend({ threads: Number(values.threads), without }).load(loaded.weights);
  return { name, model, sequence: await sequenceOf(model, Number(values.context)) };
}

const quantile = (sorted: readonly number[], share: number): string =>
  (sorted[Math.floor(share * (sorted.length - 1))] as number).toFixed(2);

requireModel();
const variants = [await variant("all", [])];
for (const fusion of FUSIONS) variants.push(await variant(`without ${fusion}`, [fusion]));
variants.push(await variant("all, once more", []));
console.log(
  `SmolLM2-135M, ${values.weights}, context ${values.context}, ${values.threads} threads of ${cpus().length}, ${cpus()[0]?.model}`,
);
const cells = new Map(variants.map(({ name }) => [name, [] as string[]]));
for (const count of ROWS) {
  const rows = readRows(count);
  const times = new Map(variants.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < Number(values.rounds); round++) {
    // Another one begins each round: whoever comes first after the last one's threads pays for them.
    for (let turn = 0; turn < variants.length; turn++) {
      const { name, model, sequence } = variants[(round + turn) % variants.length] as Variant;
      for (let pass = 0; pass < TURN; pass++) {
        const from = performance.now();
        await model.pass([{ sequence, rows }]);
        if (pass > 0) times.get(name)?.push(performance.now() - from);
      }
    }
  }
  for (const [name, each] of times) {
    const sorted = each.sort((a, b) => a - b);
    cells.get(name)?.push(`${quantile(sorted, 0.5)} (${quantile(sorted, 0.2)})`);
  }
}
console.log(`${"rows".padEnd(20)}${ROWS.map((rows) => String(rows).padStart(18)).join("")}`);
for (const [name, row] of cells) console.log(`${name.padEnd(20)}${row.map((cell) => cell.padStart(18)).join("")}`);
for (const { model } of variants) await model.dispose();
