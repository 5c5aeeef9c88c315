/**
 * Milliseconds a pass of a small model takes on ONNX Runtime, by rows and kind of pass, beside the machine's float32
 * matmul peak. `pnpm bench graph`; the figures are medians, with the fastest beside them since other work disturbs them.
 */
import {
  buildPassGraph,
  buildStreamsGraph,
  type Graph,
  GraphBuilder,
  type Tensor,
  type WeightTensor,
} from "@anabranch/core";
import { createOnnxRuntime } from "../src/runtime/onnx-runtime.js";
import { lossless, randomTensor, randomWeights, shared, spec } from "./model.js";

const runtime = createOnnxRuntime();
const slots = Number(process.env.SLOTS ?? 64);

/** Lengths of a graph's symbols to inputs for it. */
function inputsOf(graph: Graph, symbols: Readonly<Record<string, number>>): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  for (const name of graph.inputs) {
    const value = graph.values[name];
    if (value === undefined) continue;
    const shape = value.shape.map((dim) => {
      if (typeof dim === "number") return dim;
      const [symbol, factor = "1"] = dim.split("*") as [string, string?];
      return (symbols[symbol] ?? 1) * Number(factor);
    });
    const tensor = randomTensor(shape, 0.1);
    inputs[name] = value.dtype === "i32" ? { shape, data: new Int32Array(tensor.data.length) } : tensor;
  }
  return inputs;
}

async function time(
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
  constants: ReadonlyMap<string, WeightTensor>,
  runs = 60,
  outputs?: readonly string[],
): Promise<{ median: number; best: number }> {
  const compiled = await runtime.compile(graph, { constants, ...(outputs && { outputs }) });
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await compiled.run(inputs);
    times.push(performance.now() - start);
  }
  await compiled.dispose();
  const sorted = times.slice(Math.min(10, runs >> 1)).sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] as number, best: sorted[0] as number };
}

function report(name: string, { median, best }: { median: number; best: number }): void {
  console.log(`${name.padEnd(44)} ${median.toFixed(2).padStart(8)} ms, fastest ${best.toFixed(2)}`);
}

async function matmulPeak(): Promise<void> {
  const builder = new GraphBuilder("peak");
  const x = builder.input("x", [1, 1024, 1024]);
  const [out] = builder.add("linear", "out", [x, builder.parameter("w", [1024, 1024])], { transposed: false }) as [
    string,
  ];
  builder.output("out", out);
  const constants = new Map([["w", { format: "f32" as const, ...randomTensor([1024, 1024], 1) }]]);
  const { best } = await time(builder.build(), { x: randomTensor([1, 1024, 1024], 1) }, constants, 30);
  console.log(`float32 matmul peak: ${((2 * 1024 ** 3) / best / 1e6).toFixed(0)} GFLOP/s`);
}

await matmulPeak();
const weights = randomWeights();
for (const rows of [1, 2, 4, 8, 16, 40]) {
  const graph = buildPassGraph({ spec, streamRows: "none", past: "heads", logits: { main: "all" } });
  report(`plain, ${rows} rows, ${slots} slots`, await time(graph, inputsOf(graph, { rows, slots }), weights));
}
for (const rows of [1, 4, 8, 16]) {
  const logits = { group: "all", streams: "all" } as const;
  const graph = buildPassGraph({ spec, streams: shared, streamRows: "all", past: "heads", logits });
  report(
    `shared, streams on all of ${rows}`,
    await time(graph, inputsOf(graph, { rows, slots }), randomWeights(shared)),
  );
}
const some = buildPassGraph({
  spec,
  streams: lossless,
  streamRows: "some",
  past: "heads",
  logits: { main: "all", streams: "all" },
});
report(
  "lossless, streams on 1 of 8",
  await time(some, inputsOf(some, { rows: 8, slots, streams: 1 }), randomWeights(lossless)),
);
const deferred = buildStreamsGraph({ spec, streams: lossless, past: "heads", logits: true });
report(
  "lossless, deferred streams of 1 row",
  await time(deferred, inputsOf(deferred, { streams: 1, slots }), randomWeights(lossless)),
);
