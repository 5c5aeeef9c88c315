import { createHash } from "node:crypto";
import { attendCallBytes, type KernelKind, writeAttendCall } from "../../src/index.js";
import { Arena } from "../arena.js";
import { multiply, pack } from "../pack.js";
import { constantInt8, randomHalfInt8, randomInt4, randomInt8 } from "../quantized.js";
import { randomFloats } from "../random-numbers.js";

/** The bits of what every kernel computes, by name, so that builds and engines can be compared. */
export async function kernelDigests(kind: KernelKind): Promise<Record<string, string>> {
  const arena = await Arena.create(kind);
  const digests: Record<string, string> = {};
  const digest = (name: string, { buffer, byteOffset, byteLength }: Float32Array | Int32Array): void => {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    digests[name] = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    arena.reset();
  };
  digestProducts(arena, digest);
  digestRows(arena, digest);
  digestAttention(arena, digest);
  return digests;
}

/** What products of float32 weights give, and the same for a few rows at a time. */
export const FLOATS = "f32";
export const FLOATS_IN_GROUPS = "f32, a few rows at a time";

type Digest = (name: string, numbers: Float32Array | Int32Array) => void;

function digestProducts(arena: Arena, digest: Digest): void {
  const [rows, outputs, features] = [7, 116, 200];
  const x = randomFloats(1, rows * features, 3);
  for (const blockSize of [32, 64, features]) {
    for (const bits of [8, 14] as const) {
      const name = `${blockSize}, ${bits} bits`;
      const int8 = randomInt8(2, outputs, features, blockSize);
      digest(`int8, ${name}`, multiply(arena, x, pack(arena, int8), { bits }));
      const half = randomHalfInt8(2, outputs, features, blockSize);
      digest(`int8, scales of 16 bits, ${name}`, multiply(arena, x, pack(arena, half), { bits }));
      const int4 = randomInt4(2, outputs, features, blockSize);
      digest(`int4, ${name}`, multiply(arena, x, pack(arena, int4), { bits }));
    }
  }
  const ends = new Float32Array(2048).fill(-1);
  digest("int8, the longest block", multiply(arena, ends, pack(arena, constantInt8(-128, 8, 2048)), { bits: 14 }));
  const f32 = { format: "f32", shape: [outputs, features], data: randomFloats(3, outputs * features) } as const;
  digest(FLOATS, multiply(arena, x, pack(arena, f32)));
  const matrix = pack(arena, f32);
  const groups = [1, 2, 3, 1].map((count, index, counts) => {
    const from = counts.slice(0, index).reduce((sum, before) => sum + before, 0);
    return multiply(arena, x.subarray(from * features, (from + count) * features), matrix).slice();
  });
  digest(FLOATS_IN_GROUPS, Float32Array.from(groups.flatMap((numbers) => [...numbers])));
  // Sums of whole numbers lose nothing, rounded once or twice.
  const whole = { ...f32, data: f32.data.map((number) => Math.round(8 * number)) };
  digest("f32, whole numbers", multiply(arena, x.map(Math.round), pack(arena, whole)));

  const indices = Int32Array.from([5, 43, 0, 17]);
  const gathered = (gather: (tiles: number, at: number, out: number) => void, tiles: number): Float32Array => {
    const out = arena.room(4 * 4 * features);
    gather(tiles, arena.put(indices), out);
    return arena.floats(out, 4 * features);
  };
  const { kernels } = arena;
  const tiles8 = pack(arena, randomInt8(4, outputs, features, 32)).tiles;
  digest(
    "gatherInt8",
    gathered((tiles, at, out) => kernels.gatherInt8(tiles, features, 32, at, out, 0, 4), tiles8),
  );
  const tiles4 = pack(arena, randomInt4(4, outputs, features, 32)).tiles;
  digest(
    "gatherInt4",
    gathered((tiles, at, out) => kernels.gatherInt4(tiles, features, 32, at, out, 0, 4), tiles4),
  );
}

function digestRows(arena: Arena, digest: Digest): void {
  const { kernels } = arena;
  const [rows, features] = [5, 256];
  const count = rows * features;
  const inPlace = (run: (x: number) => void): Float32Array => {
    const x = arena.put(randomFloats(5, count, 8));
    run(x);
    return arena.floats(x, count);
  };
  for (const code of [0, 1, 2, 3] as const) {
    const [x, out] = [arena.put(randomFloats(5, count, 8)), arena.room(4 * count)];
    kernels.activate(code, x, x, features, features, out, 0, count);
    digest(`activate ${code}`, arena.floats(out, count));
  }
  const weight = randomFloats(6, features);
  digest(
    "norm",
    inPlace((x) => kernels.norm(x, 256, arena.put(weight), 64, 4, 1e-5, x, 256, 0, rows)),
  );
  digest(
    "layerNorm",
    inPlace((x) => kernels.layerNorm(x, arena.put(weight), arena.put(weight), 256, 1e-5, x, 0, rows)),
  );
  const tables = randomFloats(7, 10 * 32);
  const positions = Int32Array.from([0, 3, 9, 2, 2]);
  digest(
    "rope",
    inPlace((x) => {
      const [at, cosines] = [arena.put(positions), arena.put(tables)];
      kernels.rope(x, features, 4, 64, 32, at, cosines, cosines, true, 0, rows);
    }),
  );
  const logits = arena.put(randomFloats(8, count, 12));
  const [sums, logProbs, indices] = [arena.room(4 * rows), arena.room(4 * rows * 6), arena.room(4 * rows * 6)];
  const scratch = arena.room(kernels.logSumExpScratchBytes());
  kernels.logSumExp(logits, features, features, sums, scratch, 0, rows);
  kernels.topK(logits, features, features, 6, sums, logProbs, indices, 0, rows);
  digest("topK", arena.floats(logProbs, rows * 6));
}

function digestAttention(arena: Arena, digest: Digest): void {
  const [rows, kvHeads, group, headSize, slots] = [4, 2, 3, 64, 37];
  const width = kvHeads * group * headSize;
  const keys = arena.put(randomFloats(9, kvHeads * slots * headSize));
  const values = arena.put(randomFloats(10, kvHeads * slots * headSize));
  const source = {
    ...{ keys, values, slots, slotStride: headSize, headStride: slots * headSize, positionStride: 0 },
    ...{ bias: arena.put(randomFloats(11, rows * slots)), biasStride: slots, biasMemberStride: 0 },
  };
  const [out, call] = [arena.room(4 * rows * width), arena.room(attendCallBytes(1))];
  writeAttendCall(arena.memory.buffer, call, {
    ...{
      query: arena.put(randomFloats(12, rows * width)),
      queryStride: width,
      out,
      outStride: width,
      rows,
      members: 1,
    },
    ...{ heads: kvHeads * group, kvHeads, headSize, scale: 0.125, sources: [source] },
  });
  const scratch = arena.room(arena.kernels.attendScratchBytes(call));
  arena.kernels.attend(call, scratch, 0, rows * kvHeads * group);
  digest("attend", arena.floats(out, rows * width));
}
