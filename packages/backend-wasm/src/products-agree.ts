import { type ActivationBits, type Kernels, TILE_ROWS } from "./kernels.js";
import type { WasmMemory } from "./web-assembly.js";

const FEATURES = 72;
const OUTPUTS = 5 * TILE_ROWS;
const BLOCK = 32;
const BLOCKS = Math.ceil(FEATURES / BLOCK);
/** A panel of three, one of two and a row alone. */
const ROWS = [6, 5, 1] as const;

/** Whether kernels on two memories give the same bits in products of every kind. */
export function productsAgree(a: OnMemory, b: OnMemory): boolean {
  const [ofA, ofB] = [products(a), products(b)];
  return ofA.every((bits, index) => bits === ofB[index]);
}

/** Kernels, and their memory, of at least two pages. */
export interface OnMemory {
  readonly kernels: Kernels;
  readonly memory: WasmMemory;
}

/** The bits of some products. */
function products({ kernels, memory }: OnMemory): Int32Array {
  let next = 16;
  const room = (bytes: number): number => {
    const address = next;
    next = (address + bytes + 15) & ~15;
    return address;
  };
  const floats = (length: number, at: (index: number) => number): number => {
    const address = room(4 * length);
    new Float32Array(memory.buffer, address, length).set(Array.from({ length }, (_, index) => at(index)));
    return address;
  };
  const bytes = room(OUTPUTS * FEATURES);
  new Uint8Array(memory.buffer, bytes, OUTPUTS * FEATURES).set(
    Array.from({ length: OUTPUTS * FEATURES }, (_, index) => (index * 7919) >> 3),
  );
  const most = Math.max(...ROWS);
  const scales = floats(OUTPUTS * BLOCKS, (index) => 2 ** ((index % 5) - 8));
  const offsets = floats(OUTPUTS * BLOCKS, (index) => ((index % 7) - 3) / 9);
  const x = floats(most * FEATURES, (index) => ((index * 37) % 101) / 50 - 1);
  const tiles = room((OUTPUTS / TILE_ROWS) * kernels.int8TileBytes(FEATURES, BLOCK));
  const row = room(most * kernels.quantizedRowBytes(FEATURES, BLOCK, 14));
  const out = room(4 * most * OUTPUTS);
  const all: number[] = [];
  const range = [0, OUTPUTS / TILE_ROWS] as const;
  const weights = [OUTPUTS, FEATURES, BLOCK, tiles, ...range] as const;
  const kinds = [
    [() => kernels.packInt8(bytes, scales, ...weights), kernels.matmulInt8],
    [() => kernels.packInt8Half(bytes, scales, ...weights), kernels.matmulInt8Half],
    [() => kernels.packInt4(bytes, scales, offsets, ...weights), kernels.matmulInt4],
  ] as const;
  for (const [pack, multiply] of kinds) {
    pack();
    for (const bits of [8, 14] as readonly ActivationBits[]) {
      for (const rows of ROWS) {
        kernels.quantize(x, FEATURES, FEATURES, BLOCK, bits, row, 0, rows);
        multiply(row, rows, bits, tiles, FEATURES, BLOCK, out, OUTPUTS, OUTPUTS, ...range);
        all.push(...new Int32Array(memory.buffer, out, rows * OUTPUTS));
      }
    }
  }
  return Int32Array.from(all);
}
