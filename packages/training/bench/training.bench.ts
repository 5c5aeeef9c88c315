/**
 * Share of the machine's float32 matmul peak that a training step reaches: `pnpm bench training`.
 *
 * The peak is that of a large matrix product, run by the same runtime in turn with the steps, so that what else the machine
 * does meets both alike. Medians over the steps; an argument says how many.
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
/** Rows and columns of the large product. */
const SIZE = 1024;
const stepsEach = Number(process.argv[2] ?? 9);
const runtime = createOnnxRuntime();

/** Runs a large matrix product. @returns the milliseconds that it took. */
async function largeProduct(): Promise<() => Promise<number>> {
  const builder = new GraphBuilder("peak");
  const x = builder.input("x", [1, SIZE, SIZE]);
  const weight = builder.parameter("weight", [SIZE, SIZE]);
  builder.output("y", builder.add("linear", "y", [x, weight], { transposed: true })[0] as string);
  const random = new Random(1);
  const shape = [SIZE, SIZE];
  const values = (): Float32Array => Float32Array.from({ length: SIZE * SIZE }, () => random.normal());
  const constants = new Map([["weight", { format: "f32" as const, shape, data: values() }]]);
  const compiled = await runtime.compile(builder.build(), { constants });
  const inputs = { x: { shape: [1, SIZE, SIZE], data: values() } };
  const into = { y: { shape: [1, SIZE, SIZE], data: new Float32Array(SIZE * SIZE) } };
  return async () => {
    const started = performance.now();
    await compiled.run(inputs, into);
    return performance.now() - started;
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

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
  const [peaks, rates, rows]: number[][] = [[], [], []];
  for (let index = 0; index < 2 + stepsEach; index++) {
    const batches = await objective.batches(all[index % all.length] as (typeof all)[number]);
    const products = [await product(), await product(), await product(), await product(), await product()];
    const started = performance.now();
    await step.run(batches);
    const spent = (performance.now() - started) / 1000;
    // The first runs fill the arena.
    if (index < 2) continue;
    const flops = batches.reduce((sum, batch) => sum + stepFlops(spec, subject, batch), 0);
    peaks?.push((2 * SIZE ** 3) / (Math.min(...products) / 1000));
    rates?.push(flops / spent);
    rows?.push(batches.reduce((sum, batch) => sum + batch.rows, 0) / spent);
  }
  await step.dispose();
  await objective.dispose();
  const [peak, rate, rowRate] = [peaks, rates, rows].map((each) => median(each as number[])) as [
    number,
    number,
    number,
  ];
  const giga = (value: number): string => (value / 1e9).toFixed(0);
  const share = ((100 * rate) / peak).toFixed(0);
  console.log(
    `${name.padEnd(22)} ${giga(rate)} of ${giga(peak)} GFLOP/s = ${share}%, ${rowRate.toFixed(0)} main rows/s`,
  );
}

const product = await largeProduct();
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
