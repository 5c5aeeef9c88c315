/**
 * What rounding costs: SmolLM2 in each format against the float32 reference of Hugging Face transformers, the reference's tokens fed.
 * `pnpm bench quality [--formats int8/32,int4/32]`; argmax equal (share of positions), mean |Δ log-probability| of the text's own
 * tokens. "exact" formats compute with float32 rows, so that only the weights are rounded.
 */
import { parseArgs } from "node:util";
import { loadConverted } from "@anabranch/checkpoints/node";
import type { BackendModel, PassResult } from "@anabranch/core";
import { createOnnxBackend } from "../src/index.js";
import { benchCache, modelFile, type Reference, references, requireModel } from "./smollm2.js";

const all =
  "float32,as-stored,as-stored/exact,int8/32,int8/64,int8/128,int8/32/exact,int4/32,int4/64,int4/128,int4/32/exact";
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { formats: { type: "string", default: all }, threads: { type: "string", default: "2" } },
});

interface Deviation {
  readonly positions: number;
  readonly equal: number;
  readonly differences: readonly number[];
}

async function deviation(model: BackendModel, { ids, argmax, next_logprob, greedy }: Reference): Promise<Deviation> {
  const tokens = [...ids, ...greedy.slice(0, -1)];
  const wanted = [...argmax, ...greedy.slice(1)];
  const sequence = await model.createSequence();
  const rows = tokens.map((token, row) => ({
    token,
    parent: row - 1,
    read: { argmax: true, logProbsOf: row + 1 < ids.length ? [ids[row + 1] as number] : [] },
  }));
  const [result] = (await model.pass([{ sequence, rows }])) as [PassResult];
  await sequence.dispose();
  return {
    positions: tokens.length,
    equal: result.rows.filter((row, index) => row.argmax === wanted[index]).length,
    differences: next_logprob.map((right, row) => Math.abs((result.rows[row]?.logProbsOf?.[0] as number) - right)),
  };
}

requireModel();
console.log("SmolLM2-135M-Instruct (Q4_1 file) against transformers in float32");
console.log("format           positions  argmax equal  mean |Δ log p|  largest");
for (const name of values.formats.split(",")) {
  const [weights, ...rest] = name.split("/") as ["int8" | "int4" | "float32" | "as-stored", ...string[]];
  const blockSize = Number(rest.find((part) => part !== "exact") ?? 32);
  const loaded = await loadConverted(modelFile, { weights, blockSize, cache: benchCache });
  const backend = createOnnxBackend({ threads: Number(values.threads), exactInt8: rest.includes("exact") });
  const model = await backend.load(loaded.weights);
  const each: Deviation[] = [];
  for (const reference of references()) each.push(await deviation(model, reference));
  await model.dispose();
  const sum = (of: (one: Deviation) => number): number => each.reduce((total, one) => total + of(one), 0);
  const differences = each.flatMap((one) => one.differences);
  const positions = sum((one) => one.positions);
  const share = (100 * sum((one) => one.equal)) / positions;
  const mean = differences.reduce((total, value) => total + value, 0) / differences.length;
  console.log(
    `${name.padEnd(16)} ${String(positions).padStart(9)} ${share.toFixed(1).padStart(12)}% ${mean.toFixed(4).padStart(15)} ${Math.max(
      ...differences,
    )
      .toFixed(3)
      .padStart(8)}`,
  );
}
