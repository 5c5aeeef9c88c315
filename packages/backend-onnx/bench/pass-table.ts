import { benchCache, modelFile, readRows, requireModel, sequenceOf } from "@anabranch/bench-kit/smollm2";
import { loadConverted } from "@anabranch/checkpoints/node";
import type { WeightTensor } from "@anabranch/core";
import { GraphBuilder } from "@anabranch/core";
import { createOnnxBackend, createOnnxRuntime } from "../src/index.js";

export interface PassTableOptions {
  readonly weights: "float32" | "int8" | "int4" | "as-stored";
  readonly blockSize: number;
  readonly threads: number;
  readonly rounds: number;
}

const ROWS = [1, 2, 4, 8, 16, 32, 64];
const CONTEXTS = [64, 512, 2048];

const median = (numbers: number[]): number =>
  numbers.sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] as number;

async function times(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const each: number[] = [];
  await work();
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    await work();
    each.push(performance.now() - from);
  }
  return median(each);
}

/** Bytes a millisecond that one row times a matrix far larger than any cache reads, by the same runtime and threads. */
async function bandwidth(threads: number, rounds: number): Promise<number> {
  const size = 8192;
  const builder = new GraphBuilder("bandwidth");
  const x = builder.input("x", [1, 1, size]);
  const weight = builder.parameter("w", [size, size]);
  builder.output("y", builder.add("linear", "y", [x, weight], { transposed: false })[0] as string);
  const data = new Float32Array(size * size).fill(1e-3);
  const constants = new Map<string, WeightTensor>([["w", { format: "f32", shape: [size, size], data }]]);
  const graph = await createOnnxRuntime({ threads }).compile(builder.build(), { constants });
  const input = { x: { shape: [1, 1, size], data: new Float32Array(size).fill(1) } };
  const milliseconds = await times(Math.max(5, rounds), () => graph.run(input));
  await graph.dispose();
  return data.byteLength / milliseconds;
}

/** What a pass reads of a tensor. */
function bytesOf({ stored }: WeightTensor): number {
  return (stored?.data.length ?? 0) + (stored?.scales?.length ?? 0) + (stored?.offsets?.length ?? 0);
}

/** Prints milliseconds of a pass of SmolLM2 against its rows and the context, and how much of it reading memory explains. */
export async function printPassTable({ weights, blockSize, threads, rounds }: PassTableOptions): Promise<void> {
  requireModel();
  const read = await bandwidth(threads, rounds);
  const loaded = await loadConverted(modelFile, { weights, blockSize, cache: benchCache });
  const model = await createOnnxBackend({ threads }).load(loaded.weights);
  const { layers, kvHeads, headSize } = model.spec;
  let weightBytes = 0;
  for (const tensor of loaded.weights.tensors.values()) weightBytes += bytesOf(tensor);
  console.log(
    `SmolLM2-135M, ${weights}, blocks of ${blockSize}, ${threads} threads; medians of ${rounds}, milliseconds`,
  );
  console.log(
    `memory is read at ${(read / 1e6).toFixed(1)} GB/s; the weights are ${(weightBytes / 1e6).toFixed(0)} MB`,
  );
  console.log(`context${ROWS.map((rows) => String(rows).padStart(8)).join("")}   memory  share at 1 row`);
  for (const context of CONTEXTS) {
    const sequence = await sequenceOf(model, context);
    const cells: number[] = [];
    for (const count of ROWS) {
      const rows = readRows(count);
      cells.push(await times(rounds, () => model.pass([{ sequence, rows }])));
    }
    await sequence.dispose();
    const memory = (weightBytes + 8 * layers * kvHeads * headSize * context) / read;
    const share = `${((100 * memory) / (cells[0] as number)).toFixed(0)}%`;
    const row = cells.map((cell) => cell.toFixed(2).padStart(8)).join("");
    console.log(`${String(context).padStart(7)}${row}${memory.toFixed(2).padStart(9)}${share.padStart(16)}`);
  }
  await model.dispose();
}
