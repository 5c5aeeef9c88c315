import type { ModelWeights } from "@anabranch/core";
import { MATMUL_INT8, MATMUL_INT8_HALF } from "../../assembly/step-codes.js";
import type { ActivationBits } from "../../src/kernels.js";
import { TILE_ROWS } from "../../src/kernels.js";
import { compileKernels, instantiateKernels } from "../../src/load-kernels.js";
import { Heap } from "../../src/memory/heap.js";
import { tilesOf } from "../../src/plan/lower-linear.js";
import type { Step } from "../../src/plan/step.js";
import { writeSteps } from "../../src/plan/write-steps.js";
import { type RowPrecision, rowBits } from "../../src/runtime/row-precision.js";
import { ThreadPool } from "../../src/threads/thread-pool.js";
import { storeWeight } from "../../src/weights/store-weight.js";
import type { TiledMatrix } from "../../src/weights/stored-weight.js";

/** All matrix products of a pass and nothing else: what no pass can be faster than with these kernels. */
export interface Products {
  /** Milliseconds of all products of `rows` rows, the head for each of them. */
  time(rows: number): number;
  close(): Promise<void>;
}

/** @param weights 8 bits in blocks, with a tied head */
export async function openProducts(
  { tensors }: ModelWeights,
  threads: number,
  rowPrecision: RowPrecision,
  mostRows: number,
): Promise<Products> {
  const heap = new Heap(threads > 1);
  const module = await compileKernels({ shared: threads > 1 });
  const pool = await ThreadPool.start(threads, instantiateKernels(module, heap.memory), heap, module);
  const bitsOf = rowBits(rowPrecision);
  const products: { matrix: TiledMatrix; bits: ActivationBits }[] = [];
  for (const [name, tensor] of tensors) {
    if (tensor.shape.length !== 2) continue;
    const matrix = storeWeight(pool, name, tensor, "tiles") as TiledMatrix;
    products.push({ matrix, bits: bitsOf(matrix, name) });
  }
  const most = Math.max(...products.map(({ matrix }) => matrix.features));
  // As large as any quantized row is; the numbers in it do not matter.
  const x = heap.allocate(mostRows * 4 * most);
  heap.bytes(x, mostRows * 4 * most).fill(64);
  const out = heap.allocate(4 * mostRows * Math.max(...products.map(({ matrix }) => matrix.rows)));
  const plans = new Map<number, number>();
  const planFor = (rows: number): number => {
    const steps = products.map(({ matrix, bits }): Step => {
      const { address, features, blockSize, rows: outputs, halfScales } = matrix;
      return {
        code: halfScales ? MATMUL_INT8_HALF : MATMUL_INT8,
        args: [x, rows, bits, address, features, blockSize, out, outputs, outputs],
        units: Math.ceil(outputs / TILE_ROWS),
        weights: tilesOf(matrix),
        // As in a pass, threads meet before most products.
        reads: [{ from: out, to: out + 4 }],
        writes: [{ from: out, to: out + 4 }],
      };
    });
    return writeSteps(heap, steps, { threads });
  };
  return {
    time(rows) {
      const plan = plans.get(rows) ?? planFor(rows);
      plans.set(rows, plan);
      const from = performance.now();
      pool.run(plan);
      return performance.now() - from;
    },
    close: () => pool.stop(),
  };
}
