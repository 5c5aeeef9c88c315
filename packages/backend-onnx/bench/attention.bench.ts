/**
 * GroupQueryAttention with past and present in one buffer, against the MatMul and softmax that the lowering writes: the six
 * attentions of a small model's pass, nothing else. `pnpm bench attention [--threads 1] [--rounds 300]`; CPU milliseconds (of all
 * threads), which other work on the machine disturbs less than the clock: the fastest tenth, and the median.
 */
import { parseArgs } from "node:util";
import { GraphBuilder, type KeyLayout, type Tensor } from "@anabranch/core";
import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { createOnnxRuntime } from "../src/index.js";
import { int, OnnxBuilder } from "../src/lowering/onnx-builder.js";
import { encodeModel } from "../src/proto/encode-model.js";
import { ElementType } from "../src/proto/messages.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { threads: { type: "string", default: "1" }, rounds: { type: "string", default: "300" } },
});
const [layers, heads, headSize] = [6, 4, 64];
const width = heads * headSize;
const threads = Number(values.threads);

function random(shape: readonly number[]): { shape: readonly number[]; data: Float32Array } {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, () => Math.random() - 0.5) };
}

/** As a plain pass has it: a past by head, fed whole, and the pass's own rows, each with a bias. */
async function matMulRun(rows: number, context: number): Promise<() => Promise<unknown>> {
  const builder = new GraphBuilder("matmul");
  const inputs: Record<string, Tensor> = {};
  const give = (name: string, shape: readonly number[]): string => {
    inputs[name] = random(shape);
    return builder.input(name, shape);
  };
  const [q, k, v] = ["q", "k", "v"].map((name) => give(name, [1, rows, width])) as [string, string, string];
  const past = give("bias.past", [1, rows, context]);
  const own = give("bias.rows", [1, rows, rows]);
  const sources: KeyLayout[] = ["heads", "rows"];
  for (let layer = 0; layer < layers; layer++) {
    const keys = give(`${layer}.keys`, [heads, context, headSize]);
    const pastValues = give(`${layer}.values`, [heads, context, headSize]);
    const attributes = { heads, kvHeads: heads, headSize, members: 1, own: "none" as const, ownLength: 0, sources };
    const [out] = builder.add("attend", `${layer}.out`, [q, keys, pastValues, past, k, v, own], attributes, 2);
    builder.output(`${layer}.out`, out as string);
  }
  const compiled = await createOnnxRuntime({ threads }).compile(builder.build());
  return () => compiled.run(inputs);
}

/** The rows are written behind the past, in place; the bias is what a draft tree would need. */
async function groupQueryRun(rows: number, context: number, biased: boolean): Promise<() => Promise<unknown>> {
  const builder = new OnnxBuilder();
  const feeds: Record<string, OnnxTensor> = {};
  const fetches: Record<string, OnnxTensor | null> = {};
  const total = context + rows;
  const give = (name: string, dims: readonly number[]): string => {
    builder.input({ name, type: ElementType.float32, dims });
    feeds[name] = new OnnxTensor("float32", random(dims).data, dims);
    return name;
  };
  const giveInt = (name: string, dims: readonly number[], value: number): string => {
    builder.input({ name, type: ElementType.int32, dims });
    feeds[name] = new OnnxTensor("int32", Int32Array.of(value), dims);
    return name;
  };
  const [q, k, v] = ["q", "k", "v"].map((name) => give(name, [1, rows, width])) as [string, string, string];
  const last = giveInt("last", [1], total - 1);
  const length = giveInt("length", [1], total);
  const bias = biased ? [give("bias", [1, 1, rows, total])] : [];
  for (let layer = 0; layer < layers; layer++) {
    const cache = ["keys", "values"].map((what) => give(`${layer}.${what}`, [1, heads, total, headSize]));
    const present = cache.map((name) => `${name}.out`);
    const optional = biased ? ["", "", "", ...bias] : [];
    builder.node("GroupQueryAttention", [q, k, v, ...cache, last, length, ...optional], [`${layer}.out`, ...present], {
      attributes: { num_heads: int(heads), kv_num_heads: int(heads) },
      contrib: true,
    });
    builder.output({ name: `${layer}.out`, type: ElementType.float32, dims: [1, rows, width] });
    fetches[`${layer}.out`] = null;
    for (const [index, name] of present.entries()) {
      builder.output({ name, type: ElementType.float32, dims: [1, heads, total, headSize] });
      fetches[name] = feeds[cache[index] as string] as OnnxTensor;
    }
  }
  const session = await InferenceSession.create(encodeModel(builder.build("gqa")), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return () => session.run(feeds, fetches);
}

async function cpuTimes(run: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let round = -10; round < Number(values.rounds); round++) {
    const from = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(from);
    if (round >= 0) times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string =>
    (times[Math.floor(share * (times.length - 1))] as number).toFixed(2).padStart(6);
  return `${at(0.1)} ${at(0.5)}`;
}

console.log(`${threads} thread(s); CPU ms, fastest tenth and median`);
console.log("context  rows   matmul          GQA             GQA with bias");
for (const context of [64, 512, 2048]) {
  for (const rows of [1, 8, 12]) {
    const matMul = await cpuTimes(await matMulRun(rows, context));
    const groupQuery = await cpuTimes(await groupQueryRun(rows, context, false));
    const biased = await cpuTimes(await groupQueryRun(rows, context, true));
    console.log(`${String(context).padStart(7)} ${String(rows).padStart(5)}   ${matMul}   ${groupQuery}   ${biased}`);
  }
}
