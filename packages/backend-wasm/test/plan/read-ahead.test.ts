import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MATMUL_F32, MATMUL_INT8 } from "../../assembly/step-codes.js";
import { TILE_ROWS } from "../../src/kernels.js";
import type { Heap } from "../../src/memory/heap.js";
import type { Step } from "../../src/plan/step.js";
import { writeSteps } from "../../src/plan/write-steps.js";
import type { ThreadPool } from "../../src/threads/thread-pool.js";
import { randomFloats } from "../random-numbers.js";
import { startPool } from "../start-pool.js";

const BLOCK = 32;
/** Bytes that rows, outputs and plans may take, and weights. */
const [WORK, WEIGHTS] = [2 ** 22, 2 ** 20];

interface Product {
  readonly format: "f32" | "int8";
  readonly features: number;
  readonly outputs: number;
}

const products = fc.array(
  fc.record({
    format: fc.constantFrom<Product["format"]>("f32", "int8"),
    features: fc.integer({ min: 1, max: 12 }).map((blocks) => 8 * blocks),
    outputs: fc.integer({ min: 1, max: 400 }),
  }),
  { minLength: 1, maxLength: 6 },
);

const pools: ThreadPool[] = [];
beforeAll(async () => {
  for (const threads of [1, 2, 3]) {
    const pool = await startPool(threads);
    takeTheEnd(pool.heap);
    pools.push(pool);
  }
});
afterAll(() => Promise.all(pools.map((pool) => pool.stop())));

/** Takes the last of a heap's memory for weights, so that what is allocated later lies before it, and memory need not grow. */
function takeTheEnd(heap: Heap): void {
  const work = heap.allocate(WORK);
  const weights = heap.allocate(WEIGHTS);
  const rest = heap.buffer.byteLength - weights - WEIGHTS;
  if (rest > 0) heap.allocate(rest);
  heap.free(work);
}

/**
 * Runs products one behind the other, whose weights end where memory does: whoever reads behind them traps.
 *
 * @param ahead whether steps say where weights are
 * @returns all outputs as bytes
 */
function run(pool: ThreadPool, wanted: readonly Product[], rows: number, ahead: boolean): Buffer {
  const { heap, kernels, threads } = pool;
  const taken: number[] = [];
  const room = (bytes: number): number => {
    taken.push(heap.allocate(bytes));
    return taken.at(-1) as number;
  };
  const placed = wanted.map((product, index) => {
    const { format, features, outputs } = product;
    const x = room(4 * rows * features);
    heap.floats(x, rows * features).set(randomFloats(index, rows * features));
    const quantized = room(rows * kernels.quantizedRowBytes(features, BLOCK, 8));
    kernels.quantize(x, features, features, BLOCK, 8, quantized, 0, rows);
    const perTile = format === "f32" ? kernels.f32TileBytes(features) : kernels.int8TileBytes(features, BLOCK);
    const tiles = Math.ceil(outputs / TILE_ROWS);
    return { ...product, x, quantized, perTile, tiles, out: room(4 * rows * outputs) };
  });
  const bytes = placed.reduce((sum, { tiles, perTile }) => sum + tiles * perTile, 0);
  const end = heap.buffer.byteLength;
  let at = end - bytes;
  heap.floats(at, bytes / 4).set(randomFloats(7, bytes / 4));
  const steps = placed.map(({ format, features, outputs, x, quantized, perTile, tiles, out }): Step => {
    const weights = { from: at, to: at + tiles * perTile, stride: perTile };
    at = weights.to;
    const sizes = [features, ...(format === "f32" ? [] : [BLOCK]), out, outputs, outputs];
    const given = format === "f32" ? [x, features, rows] : [quantized, rows, 8];
    return {
      ...{ code: format === "f32" ? MATMUL_F32 : MATMUL_INT8, args: [...given, weights.from, ...sizes] },
      ...{ units: tiles, piece: 4, inTurn: true, ...(ahead && { weights }) },
      ...{ reads: [], writes: [{ from: out, to: out + 4 * rows * outputs }] },
    };
  });
  const plan = writeSteps(heap, steps, { threads });
  expect([at, heap.buffer.byteLength]).toEqual([end, end]);
  for (let time = 0; time < 2; time++) pool.run(plan);
  const found = Buffer.concat(placed.map(({ out, outputs }) => heap.bytes(out, 4 * rows * outputs)));
  for (const block of [...taken, plan]) heap.free(block);
  return found;
}

it("reads weights ahead without a byte behind them, and changes no number", () => {
  fc.assert(
    fc.property(products, fc.integer({ min: 1, max: 9 }), (wanted, rows) => {
      const plain = run(pools[0] as ThreadPool, wanted, rows, false);
      for (const pool of pools) {
        expect(plain.equals(run(pool, wanted, rows, true)), `${pool.threads} threads`).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});
