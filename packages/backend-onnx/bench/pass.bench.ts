/**
 * Milliseconds of the calls of a decoding step by rows, on random weights of the small model's shape, and the share of it
 * that is spent outside the runtime's own `run`. `pnpm bench pass [--threads 2] [--context 64] [--rounds 60] [--quantile 0.5] [--int8]`
 *
 * `pnpm bench pass --model smollm2 [--weights int8] [--block 32]`: milliseconds of a pass of SmolLM2-135M against rows and context.
 */
import { parseArgs } from "node:util";
import type {
  AdapterHandle,
  BackendModel,
  GraphRuntime,
  ModelWeights,
  PassRow,
  Sequence,
  StreamMode,
} from "@anabranch/core";
import { createGraphBackend } from "@anabranch/graph-backend";
import { createOnnxRuntime } from "../src/index.js";
import { benchAdapter, benchWeights, quantized } from "./pass-model.js";
import { type PassTableOptions, printPassTable } from "./pass-table.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    threads: { type: "string", default: "2" },
    context: { type: "string", default: "64" },
    rounds: { type: "string", default: "60" },
    quantile: { type: "string", default: "0.5" },
    int8: { type: "boolean", default: false },
    model: { type: "string", default: "small" },
    weights: { type: "string", default: "int8" },
    block: { type: "string", default: "32" },
  },
});
const rowCounts = [1, 2, 4, 8, 12, 16, 40];

/** Milliseconds inside the runtime, added up. */
let inside = 0;

function timed(runtime: GraphRuntime): GraphRuntime {
  return {
    name: runtime.name,
    async compile(graph, options) {
      const compiled = await runtime.compile(graph, options);
      return {
        graph,
        dispose: () => compiled.dispose(),
        async run(inputs, into) {
          const from = performance.now();
          try {
            return await compiled.run(inputs, into);
          } finally {
            inside += performance.now() - from;
          }
        },
      };
    },
  };
}

/** On a machine with other work, a low quantile says more of the program than the median does. */
function quantile(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor((numbers.length - 1) * Number(values.quantile))] as number;
}

/** A tree of `count` rows, each under row floor((i - 1) / 3). */
function treeRows(count: number, streams: boolean): PassRow[] {
  return Array.from({ length: count }, (_, row) => ({
    token: (row * 37) % 2048,
    parent: row === 0 ? -1 : Math.floor((row - 1) / 3),
    streams,
    read: { argmax: true },
  }));
}

interface Step {
  readonly streams: boolean;
  readonly deferred: boolean;
}

async function prefill(model: BackendModel, sequence: Sequence, context: number): Promise<void> {
  for (let from = 0; from < context; from += 256) {
    const rows = Array.from({ length: Math.min(256, context - from) }, (_, row) => ({ token: row, parent: row - 1 }));
    await model.pass([{ sequence, rows }]);
    await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
  }
}

/** Times of the calls of a step, and the share outside the runtime. */
async function measure(
  model: BackendModel,
  sequence: Sequence,
  count: number,
  step: Step,
  rounds: number,
): Promise<string> {
  const rows = treeRows(count, step.streams);
  const times: Record<string, number[]> = { pass: [], commit: [], streams: [], draft: [] };
  const shares: number[] = [];
  const call = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const from = performance.now();
    await work();
    times[name]?.push(performance.now() - from);
  };
  const length = sequence.length;
  for (let round = 0; round < rounds; round++) {
    inside = 0;
    const from = performance.now();
    await call("pass", () => model.pass([{ sequence, rows }]));
    await call("commit", () => model.commit([{ sequence, path: [0] }]));
    if (step.deferred) await call("streams", () => model.streams([{ sequence }]));
    if (step.deferred || step.streams) {
      await call("draft", () => model.draft([{ sequence, bonus: 1, limit: { nodes: 12, topK: 3 } }]));
    }
    shares.push(1 - inside / (performance.now() - from));
    await sequence.rollback(length);
  }
  const cells = Object.values(times).map((list) => (list.length === 0 ? "-" : quantile(list).toFixed(3)).padStart(8));
  return `${cells.join("")}${(100 * quantile(shares)).toFixed(1).padStart(9)}%`;
}

async function main(): Promise<void> {
  const float = benchWeights();
  const weights: ModelWeights = values.int8 ? quantized(float) : float;
  const runtime = timed(createOnnxRuntime({ threads: Number(values.threads) }));
  const backend = createGraphBackend({ name: "onnx", runtime, weightFormats: ["f32", "int8-block"] });
  const model = await backend.load(weights);
  console.log(
    `${values.int8 ? "int8" : "float32"}, ${values.threads} threads, context ${values.context}, quantile ${values.quantile}; milliseconds`,
  );
  console.log("rows      pass  commit streams   draft  outside");
  const kinds: readonly [name: string, mode: StreamMode | undefined, step: Step][] = [
    ["plain", undefined, { streams: false, deferred: false }],
    ["shared, streams on every row", "shared", { streams: true, deferred: false }],
    ["lossless, deferred streams", "lossless", { streams: false, deferred: true }],
    ["lossless, streams on every row", "lossless", { streams: true, deferred: false }],
  ];
  for (const [name, mode, step] of kinds) {
    const adapter: AdapterHandle | undefined =
      mode === undefined ? undefined : await model.attach(benchAdapter(float.spec, mode));
    const sequence = await model.createSequence(adapter === undefined ? {} : { adapter });
    await prefill(model, sequence, Number(values.context));
    console.log(name);
    for (const count of rowCounts) {
      await measure(model, sequence, count, step, 10);
      console.log(
        `${String(count).padStart(4)}  ${await measure(model, sequence, count, step, Number(values.rounds))}`,
      );
    }
    await sequence.dispose();
  }
  await model.dispose();
}

if (values.model === "smollm2") {
  await printPassTable({
    weights: values.weights as PassTableOptions["weights"],
    blockSize: Number(values.block),
    threads: Number(values.threads),
    rounds: Number(values.rounds),
  });
} else {
  await main();
}
