import { attendCallBytes, writeAttendCall } from "./attend-call.js";
import { ACTIVATION_CODES, type ActivationBits, type Kernels, TILE_ROWS } from "./kernels.js";
import type { WasmMemory } from "./web-assembly.js";

/** Kernels, and their memory, of at least two pages. */
export interface OnMemory {
  readonly kernels: Kernels;
  readonly memory: WasmMemory;
}

const FEATURES = 72;
const OUTPUTS = 5 * TILE_ROWS;
const BLOCK = 32;
const BLOCKS = Math.ceil(FEATURES / BLOCK);
/** Panels of two, three and four rows, and three, two and one by themselves. */
const ROWS = [8, 5, 3, 2, 1] as const;
const MOST_ROWS = Math.max(...ROWS);
const TILES = [0, OUTPUTS / TILE_ROWS] as const;

/** Whether kernels on two memories give the same bits, in all that a compiler may have made wider. */
export function kernelsAgree(a: OnMemory, b: OnMemory): boolean {
  const [ofA, ofB] = [resultsOf(a), resultsOf(b)];
  return ofA.every((bits, index) => bits === ofB[index]);
}

/** The bits of some results of each. */
function resultsOf(on: OnMemory): number[] {
  const works = [quantizedProducts, floatProducts, attention, activations, logSums];
  return works.flatMap((work) => work(on.kernels, new Rooms(on.memory)));
}

type Work = (kernels: Kernels, rooms: Rooms) => number[];

const quantizedProducts: Work = (kernels, rooms) => {
  const bytes = rooms.bytes(Uint8Array.from({ length: OUTPUTS * FEATURES }, (_, index) => (index * 7919) >> 3));
  const scales = rooms.floats(OUTPUTS * BLOCKS, (index) => 2 ** ((index % 5) - 8));
  const offsets = rooms.floats(OUTPUTS * BLOCKS, (index) => ((index % 7) - 3) / 9);
  const x = rooms.floats(MOST_ROWS * FEATURES, (index) => ((index * 37) % 101) / 50 - 1);
  const tiles = rooms.room(TILES[1] * kernels.int8TileBytes(FEATURES, BLOCK));
  const row = rooms.room(MOST_ROWS * kernels.quantizedRowBytes(FEATURES, BLOCK, 14));
  const out = rooms.room(4 * MOST_ROWS * OUTPUTS);
  const weights = [OUTPUTS, FEATURES, BLOCK, tiles, ...TILES] as const;
  const kinds = [
    [() => kernels.packInt8(bytes, scales, ...weights), kernels.matmulInt8],
    [() => kernels.packInt8Half(bytes, scales, ...weights), kernels.matmulInt8Half],
    [() => kernels.packInt4(bytes, scales, offsets, ...weights), kernels.matmulInt4],
  ] as const;
  return kinds.flatMap(([pack, multiply]) => {
    pack();
    return ([8, 14] as readonly ActivationBits[]).flatMap((bits) =>
      ROWS.flatMap((rows) => {
        kernels.quantize(x, FEATURES, FEATURES, BLOCK, bits, row, 0, rows);
        multiply(row, rows, bits, tiles, FEATURES, BLOCK, out, OUTPUTS, OUTPUTS, ...TILES);
        return rooms.bits(out, rows * OUTPUTS);
      }),
    );
  });
};

const floatProducts: Work = (kernels, rooms) => {
  const data = rooms.floats(OUTPUTS * FEATURES, Math.sin);
  const tiles = rooms.room(TILES[1] * kernels.f32TileBytes(FEATURES));
  kernels.packF32(data, FEATURES, 1, OUTPUTS, FEATURES, tiles, ...TILES);
  const x = rooms.floats(MOST_ROWS * FEATURES, Math.cos);
  const out = rooms.room(4 * MOST_ROWS * OUTPUTS);
  return ROWS.flatMap((rows) => {
    kernels.matmulF32(x, FEATURES, rows, tiles, FEATURES, out, OUTPUTS, OUTPUTS, ...TILES);
    return rooms.bits(out, rows * OUTPUTS);
  });
};

const attention: Work = (kernels, rooms) => {
  const [rows, heads, slots, headSize] = [2, 3, 21, 52];
  const width = heads * headSize;
  const source = {
    ...{ keys: rooms.floats(slots * headSize, Math.sin), values: rooms.floats(slots * headSize, Math.cos), slots },
    ...{ slotStride: headSize, headStride: 0, positionStride: 0 },
    ...{ bias: rooms.floats(rows * slots, (index) => (index % 4) - 2), biasStride: slots, biasMemberStride: 0 },
  };
  const [query, out] = [rooms.floats(rows * width, (index) => 3 * Math.sin(index)), rooms.room(4 * rows * width)];
  const call = rooms.room(attendCallBytes(1));
  writeAttendCall(rooms.memory.buffer, call, {
    ...{ query, queryStride: width, out, outStride: width, rows, members: 1 },
    ...{ heads, kvHeads: 1, headSize, scale: 1, sources: [source] },
  });
  // Pairs of queries and, at the end, one alone.
  kernels.attend(call, rooms.room(kernels.attendScratchBytes(call)), 0, rows * heads - 1);
  return rooms.bits(out, rows * width);
};

const activations: Work = (kernels, rooms) => {
  const count = 44;
  const [gate, up] = [rooms.floats(count, (index) => (index - 20) / 2), rooms.floats(count, Math.cos)];
  const out = rooms.room(4 * count);
  return Object.values(ACTIVATION_CODES).flatMap((code) => {
    kernels.activate(code, gate, up, count, count, out, 0, count);
    return rooms.bits(out, count);
  });
};

const logSums: Work = (kernels, rooms) => {
  const count = 1100;
  const [logits, out] = [rooms.floats(count, (index) => 9 * Math.sin(index)), rooms.room(4)];
  kernels.logSumExp(logits, count, count, out, rooms.room(kernels.logSumExpScratchBytes()), 0, 1);
  return rooms.bits(out, 1);
};

/** Rooms in a memory, one behind the other. */
class Rooms {
  #next = 16;

  constructor(readonly memory: WasmMemory) {}

  room(bytes: number): number {
    const address = this.#next;
    this.#next = (address + bytes + 15) & ~15;
    return address;
  }

  bytes(numbers: Uint8Array): number {
    const address = this.room(numbers.length);
    new Uint8Array(this.memory.buffer).set(numbers, address);
    return address;
  }

  floats(length: number, at: (index: number) => number): number {
    const address = this.room(4 * length);
    new Float32Array(this.memory.buffer, address, length).set(Array.from({ length }, (_, index) => at(index)));
    return address;
  }

  bits(address: number, length: number): number[] {
    return [...new Int32Array(this.memory.buffer, address, length)];
  }
}
