import type { WeightTensor } from "@anabranch/core";
import { type ActivationBits, TILE_ROWS } from "../src/index.js";
import { hasHalfScales } from "../src/weights/half-scales.js";
import type { Arena } from "./arena.js";
import { inPieces } from "./pieces.js";

export interface PackedWeights {
  readonly tensor: WeightTensor;
  readonly tiles: number;
  readonly tileCount: number;
}

/** A matrix in the arena, laid in tiles by pieces. */
export function pack(arena: Arena, tensor: WeightTensor, cutsAt: readonly number[] = []): PackedWeights {
  const { kernels } = arena;
  const [rows, features] = tensor.shape as readonly [number, number];
  const tileCount = Math.ceil(rows / TILE_ROWS);
  const data = arena.put(tensor.data);
  if (tensor.format === "f32") {
    const tiles = arena.room(tileCount * kernels.f32TileBytes(features));
    inPieces(tileCount, cutsAt, (...range) => kernels.packF32(data, features, 1, rows, features, tiles, ...range));
    return { tensor, tiles, tileCount };
  }
  const { blockSize } = tensor;
  const scales = arena.put(tensor.scales);
  if (tensor.format === "int8-block") {
    const halfScales = hasHalfScales(tensor);
    const perTile = halfScales ? kernels.int8HalfTileBytes : kernels.int8TileBytes;
    const tiles = arena.room(tileCount * perTile(features, blockSize));
    const packTiles = halfScales ? kernels.packInt8Half : kernels.packInt8;
    inPieces(tileCount, cutsAt, (...range) => packTiles(data, scales, rows, features, blockSize, tiles, ...range));
    return { tensor, tiles, tileCount };
  }
  const offsets = tensor.offsets === undefined ? 0 : arena.put(tensor.offsets);
  const tiles = arena.room(tileCount * kernels.int4TileBytes(features, blockSize));
  inPieces(tileCount, cutsAt, (...range) =>
    kernels.packInt4(data, scales, offsets, rows, features, blockSize, tiles, ...range),
  );
  return { tensor, tiles, tileCount };
}

/** x [rows, features] times packed weights: [rows, outputs] */
export function multiply(
  arena: Arena,
  x: Float32Array,
  { tensor, tiles, tileCount }: PackedWeights,
  { bits = 14, cutsAt = [] }: Partial<MultiplyOptions> = {},
): Float32Array {
  const { kernels } = arena;
  const [outputs, features] = tensor.shape as readonly [number, number];
  const rows = x.length / features;
  const from = arena.put(x);
  const out = arena.room(4 * rows * outputs);
  if (tensor.format === "f32") {
    inPieces(tileCount, cutsAt, (...range) =>
      kernels.matmulF32(from, features, rows, tiles, features, out, outputs, outputs, ...range),
    );
    return arena.floats(out, rows * outputs);
  }
  const { blockSize } = tensor;
  const quantized = arena.room(rows * kernels.quantizedRowBytes(features, blockSize, bits));
  inPieces(rows, cutsAt, (...range) =>
    kernels.quantize(from, features, features, blockSize, bits, quantized, ...range),
  );
  const int8 = hasHalfScales(tensor) ? kernels.matmulInt8Half : kernels.matmulInt8;
  const product = tensor.format === "int8-block" ? int8 : kernels.matmulInt4;
  inPieces(tileCount, cutsAt, (...range) =>
    product(quantized, rows, bits, tiles, features, blockSize, out, outputs, outputs, ...range),
  );
  return arena.floats(out, rows * outputs);
}

export interface MultiplyOptions {
  readonly bits: ActivationBits;
  readonly cutsAt: readonly number[];
}
