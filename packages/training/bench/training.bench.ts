/**
 * Share of the machine's float32 matmul peak that a training step reaches: `pnpm bench training`.
 *
 * The peak is the best of several large matrix products, run by the same runtime in the same process.
 */
import { createOnnxRuntime } from "@anabranch/backend-onnx";
import { GraphBuilder, type ModelSpec, type StreamSpec } from "@anabranch/core";
import { epochBatches } from "../src/batches/index.js";
import { initialAdapter, initialWeights } from "../src/index.js";
import { Random } from "../src/random/random.js";
import { GradientStep } from "../src/train/gradient-step.js";
import { objectiveOf, type TrainingSubject } from "../src/train/objective-of.js";
import { completeSettings } from "../src/train/settings.js";
import { stepFlops } from "./step-flops.js";

const spec: ModelSpec = {
  family: "llama",
  vocabularySize: 2048,
  hiddenSize: 256,
  layers: 6,
  heads: 4,
  kvHeads: 4,
  headSize: 64,
  mlpSize: 768,
  normEpsilon: 1e-5,
  rope: { theta: 10_000 },
  maxPositions: 512,
  tiedHead: true,
};
const gamma = 3;
const seconds = Number(process.argv[2] ?? 8);
const runtime = createOnnxRuntime();

/** Multiply-adds as two operations, a second. */
async function peak(): Promise<number> {
  const size = 1024;
  const builder = new GraphBuilder("peak");
  const x = builder.input("x", [1, size, size]);
  const weight = builder.parameter("weight", [size, size]);
  builder.output("y", builder.add("linear", "y", [x, weight], { transposed: true })[0] as string);
  const random = new Random(1);
  const values = (): Float32Array => Float32Array.from({ length: size * size }, () => random.normal());
  const constants = new Map([["weight", { format: "f32" as const, shape: [size, size], data: values() }]]);
  const compiled = await runtime.compile(builder.build(), { constants });
  const inputs = { x: { shape: [1, size, size], data: values() } };
  const into = { y: { shape: [1, size, size], data: new Float32Array(size * size) } };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 30; run++) {
    const started = performance.now();
    await compiled.run(inputs, into);
    best = Math.min(best, performance.now() - started);
  }
  await compiled.dispose();
  return (2 * size ** 3) / (best / 1000);
}

/** Texts of E2E's lengths: prompts of 40 to 60 tokens, completions of 15 to 40. */
function examples(count: number) {
  const random = new Random(2);
  const ids = (length: number): Int32Array => Int32Array.from({ length }, () => random.below(spec.vocabularySize));
  return Array.from({ length: count }, () => ({
    prompt: ids(40 + random.below(20)),
    completions: Array.from({ length: 4 }, () => ids(15 + random.below(25))),
  }));
}

async function measure(name: string, subject: TrainingSubject): Promise<void> {
  const settings = completeSettings({ batchRows: 2000 });
  const data = examples(200);
  const objective = await objectiveOf(runtime, subject, settings, data);
  const step = await GradientStep.compile(runtime, objective);
  const all = epochBatches(data, 0, settings);
  let [flops, rows, spent] = [0, 0, 0];
  for (let index = 0; spent < seconds * 1000; index++) {
    const batches = await objective.batches(all[index % all.length] as (typeof all)[number]);
    const started = performance.now();
    await step.run(batches);
    // The first runs fill the arena.
    if (index < 2) continue;
    spent += performance.now() - started;
    for (const batch of batches) {
      flops += stepFlops(spec, subject, batch);
      rows += batch.rows;
    }
  }
  await step.dispose();
  await objective.dispose();
  const reached = flops / (spent / 1000);
  const [best, own] = [(peakFlops / 1e9).toFixed(0), (reached / 1e9).toFixed(0)];
  const share = ((100 * reached) / peakFlops).toFixed(0);
  console.log(
    `${name.padEnd(22)} ${own} of ${best} GFLOP/s = ${share}%, ${((1000 * rows) / spent).toFixed(0)} main rows/s`,
  );
}

const peakFlops = await peak();
const weights = { spec, tensors: initialWeights(spec, 1) };
await measure("next-token, all", { mode: "next-token", weights });
const shared: StreamSpec = { mode: "shared", gamma, msaLayers: 3 };
await measure("shared, all", {
  mode: "shared",
  weights,
  adapter: { streams: shared, tensors: initialAdapter(spec, shared, 1) },
});
const lora = {
  rank: 32,
  alpha: 32,
  layers: [3, 4, 5],
  modules: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const,
};
const lossless: StreamSpec = { mode: "lossless", gamma, msaLayers: 3, lora };
await measure("lossless, LoRA of 32", {
  mode: "lossless",
  weights,
  adapter: { streams: lossless, tensors: initialAdapter(spec, lossless, 1) },
});
