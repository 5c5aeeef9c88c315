import { toFloat32, type WeightTensor } from "@anabranch/core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { hasHalfScales } from "../src/weights/half-scales.js";
import { Arena } from "./arena.js";
import { pack } from "./pack.js";
import { cuts, inPieces } from "./pieces.js";
import { randomHalfInt8, randomInt4, randomInt8 } from "./quantized.js";
import { randomFloats, randomNumbers } from "./random-numbers.js";
import { distance } from "./reference.js";

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.create();
});

type Range = [begin: number, end: number];

/** A matrix in some form, and how rows of it are read. */
const forms: Record<string, (seed: number, rows: number, features: number) => WeightTensor> = {
  "a plain table": (seed, rows, features) => f32(seed, rows, features),
  "float32 tiles": (seed, rows, features) => f32(seed, rows, features),
  "8-bit tiles": (seed, rows, features) => randomInt8(seed, rows, features, 32),
  "8-bit tiles with scales of 16 bits": (seed, rows, features) => randomHalfInt8(seed, rows, features, 32),
  "4-bit tiles": (seed, rows, features) => randomInt4(seed, rows, features, 16),
};

function f32(seed: number, rows: number, features: number): WeightTensor {
  return { format: "f32", shape: [rows, features], data: randomFloats(seed, rows * features) };
}

function gather(form: string, tensor: WeightTensor, indices: Int32Array, cutsAt: readonly number[]): Float32Array {
  const { kernels } = arena;
  const features = tensor.shape[1] as number;
  const out = arena.room(4 * indices.length * features);
  const at = arena.put(indices);
  const from = form === "a plain table" ? arena.put(tensor.data) : pack(arena, tensor).tiles;
  inPieces(indices.length, cutsAt, (...range: Range) => {
    if (form === "a plain table") kernels.gatherRows(from, features, at, out, ...range);
    else if (tensor.format === "f32") kernels.gatherF32(from, features, at, out, ...range);
    else if (hasHalfScales(tensor)) kernels.gatherInt8Half(from, features, 32, at, out, ...range);
    else if (tensor.format === "int8-block") kernels.gatherInt8(from, features, tensor.blockSize, at, out, ...range);
    else kernels.gatherInt4(from, features, tensor.blockSize, at, out, ...range);
  });
  return arena.floats(out, indices.length * features);
}

describe.each(Object.keys(forms))("rows of %s", (form) => {
  it("are the tensor's own numbers", () => {
    const sizes = [fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 70 }), fc.nat(9)] as const;
    fc.assert(
      fc.property(...sizes, cuts, fc.nat(1e6), (rows, features, count, cutsAt, seed) => {
        arena.reset();
        const tensor = forms[form]!(seed, rows, features);
        const next = randomNumbers(seed);
        const indices = Int32Array.from({ length: count }, () => Math.floor(next() * rows));
        const values = toFloat32(tensor);
        const expected = Array.from(indices, (index) => [...values.subarray(index * features, (index + 1) * features)]);
        const out = gather(form, tensor, indices, cutsAt);
        // Not to the last bit: with offsets the kernel rounds once more than toFloat32.
        expect(distance(out, expected.flat())).toBeLessThan(1e-7);
      }),
    );
  });
});
