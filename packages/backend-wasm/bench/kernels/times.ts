/** Measures in the engine that runs it, and prints `Times[]` as JSON: a process of its own for each engine. */
import { pathToFileURL } from "node:url";
import { type ActivationBits, type Kernels, loadKernels, probeFeatures, TILE_ROWS } from "../../src/index.js";
import { webAssembly } from "../../src/web-assembly.js";

export interface Times {
  /** Engine, build, blocks and bits. */
  readonly name: string;
  /** Milliseconds, by `ROWS`. */
  readonly times: readonly number[];
}

export const ROWS = [1, 2, 4, 8, 16];
const ROUNDS = 5;

interface Product {
  readonly features: number;
  readonly outputs: number;
  readonly tiles: number;
}

/** [outputs, features] of a pass: 30 layers, and the head. */
const LAYER = [
  [960, 576],
  [576, 576],
  [3072, 576],
  [576, 1536],
] as const;
const SHAPES = [...Array.from({ length: 30 }, () => LAYER).flat(), [49152, 576] as const];

const MOST_ROWS = Math.max(...ROWS);
const X = 65536;
const QUANTIZED = X + 4 * 1536 * MOST_ROWS;
const OUT = QUANTIZED + 4 * 1536 * MOST_ROWS;
const STAGED = OUT + 4 * 49152 * MOST_ROWS;
const WEIGHTS = STAGED + 49152 * 576 + 4 * 49152 * 18;

/** Distinct random weights for every product, in tiles. `blockSize` undefined: one scale an output. */
function packAll(kernels: Kernels, memory: ArrayBufferLike, blockSize: number | undefined): Product[] {
  let tiles = WEIGHTS;
  const words = new Uint32Array(memory, STAGED, (49152 * 576) / 4);
  const scales = STAGED + words.byteLength;
  new Float32Array(memory, scales, 49152 * 18).fill(1e-3);
  let state = 1;
  return SHAPES.map(([outputs, features]) => {
    const block = blockSize ?? features;
    for (let index = 0; index < (outputs * features) / 4; index++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      words[index] = state ^ (state >>> 13);
    }
    const product = { features, outputs, tiles };
    kernels.packInt8(STAGED, scales, outputs, features, block, tiles, 0, outputs / TILE_ROWS);
    tiles += (outputs / TILE_ROWS) * kernels.int8TileBytes(features, block);
    return product;
  });
}

function pass(
  kernels: Kernels,
  products: Product[],
  blockSize: number | undefined,
  bits: ActivationBits,
  rows: number,
) {
  for (const { features, outputs, tiles } of products) {
    const block = blockSize ?? features;
    kernels.quantize(X, features, features, block, bits, QUANTIZED, 0, rows);
    kernels.matmulInt8(QUANTIZED, rows, bits, tiles, features, block, OUT, outputs, outputs, 0, outputs / TILE_ROWS);
  }
}

async function measure(): Promise<Times[]> {
  const engine = `Node ${process.versions.node.split(".")[0]}`;
  const memory = new webAssembly.Memory({ initial: 4000, maximum: 65536 });
  new Float32Array(memory.buffer, X, 1536 * MOST_ROWS).forEach((_, index, x) => {
    x[index] = Math.sin(index);
  });
  const results: Times[] = [];
  for (const build of probeFeatures().relaxed ? (["plain", "relaxed"] as const) : (["plain"] as const)) {
    const kernels = await loadKernels({ memory, build });
    for (const blockSize of [undefined, 32]) {
      const products = packAll(kernels, memory.buffer, blockSize);
      for (const bits of [8, 14] as const) {
        const times = ROWS.map(() => Number.POSITIVE_INFINITY);
        for (let round = 0; round < ROUNDS; round++) {
          ROWS.forEach((rows, index) => {
            const from = performance.now();
            pass(kernels, products, blockSize, bits, rows);
            times[index] = Math.min(times[index] as number, performance.now() - from);
          });
        }
        const blocks = blockSize === undefined ? "one scale" : `blocks of ${blockSize}`;
        results.push({ name: `${engine} ${build}, ${blocks}, ${bits} bits`, times });
      }
    }
  }
  return results;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(await measure()));
}
