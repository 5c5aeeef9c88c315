import { dataLength, ShapeMismatchError, toFloat32, UnsupportedError, type WeightTensor } from "@anabranch/core";
import { PACK_F32, PACK_INT4, PACK_INT8, PACK_INT8_HALF } from "../../assembly/step-codes.js";
import { type Kernels, TILE_ROWS } from "../kernels.js";
import { type Heap, OutOfMemory } from "../memory/heap.js";
import type { Step } from "../plan/step.js";
import { writeSteps } from "../plan/write-steps.js";
import type { ThreadPool } from "../threads/thread-pool.js";
import { hasHalfScales } from "./half-scales.js";
import type { PlainNumbers, StoredWeight, TiledMatrix, WeightLayout } from "./stored-weight.js";

/** Bytes of a matrix that are laid in tiles at a time: what weights take beside themselves while they are loaded. */
const PORTION = 4 * 2 ** 20;

/**
 * Lays a weight in a heap; the caller's arrays are needed no longer. The work is shared by all threads.
 *
 * @param name for messages
 * @throws ShapeMismatchError for an array that does not fit its shape; UnsupportedError when the heap has no room for it
 */
export function storeWeight(pool: ThreadPool, name: string, tensor: WeightTensor, layout: WeightLayout): StoredWeight {
  if (tensor.data.length !== dataLength(tensor)) {
    throw new ShapeMismatchError(`${name} is [${tensor.shape}], but has ${tensor.data.length} numbers.`, {
      subject: name,
    });
  }
  try {
    return layout === "plain" ? storePlain(pool.heap, tensor) : storeTiles(pool, tensor);
  } catch (cause) {
    if (cause instanceof OutOfMemory) throw tooLarge(name, cause);
    throw cause;
  }
}

/** Bytes that a weight takes in a heap. */
export function storedBytes(kernels: Kernels, tensor: WeightTensor, layout: WeightLayout): number {
  if (layout === "plain") return 4 * sizeOf(tensor.shape);
  const [rows, features] = tensor.shape as readonly [number, number];
  return Math.ceil(rows / TILE_ROWS) * tileBytes(kernels, tensor, features, hasHalfScales(tensor));
}

/** @throws UnsupportedError naming what did not fit */
export function tooLarge(what: string, cause?: OutOfMemory): UnsupportedError {
  return new UnsupportedError(`${what} does not fit into WebAssembly's memory of 4 GiB.`, {
    subject: "memory",
    cure: "Load the model with 4-bit weights, or with the ONNX backend.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function storePlain(heap: Heap, tensor: WeightTensor): PlainNumbers {
  const size = sizeOf(tensor.shape);
  const address = heap.allocate(4 * size);
  heap.floats(address, size).set(toFloat32(tensor));
  return { layout: "plain", address, shape: tensor.shape };
}

function storeTiles(pool: ThreadPool, tensor: WeightTensor): TiledMatrix {
  const { heap, kernels } = pool;
  const [rows, features] = tensor.shape as readonly [number, number];
  const blockSize = blockSizeOf(tensor);
  const halfScales = hasHalfScales(tensor);
  const perTile = tileBytes(kernels, tensor, features, halfScales);
  const address = heap.allocate(Math.ceil(rows / TILE_ROWS) * perTile);
  const perRow = (tensor.data.byteLength + scaleBytes(tensor)) / rows;
  const portion = Math.max(TILE_ROWS, Math.floor(PORTION / perRow / TILE_ROWS) * TILE_ROWS);
  try {
    for (let row = 0; row < rows; row += portion) {
      const end = Math.min(rows, row + portion);
      packRows(pool, tensor, halfScales, [row, end], address + (row / TILE_ROWS) * perTile);
    }
  } catch (error) {
    heap.free(address);
    throw error;
  }
  return { layout: "tiles", format: tensor.format, address, tileBytes: perTile, rows, features, blockSize, halfScales };
}

/** Lays rows begin..end-1 in tiles, from `tiles` on. */
function packRows(
  pool: ThreadPool,
  tensor: WeightTensor,
  halfScales: boolean,
  rows: readonly [number, number],
  tiles: number,
): void {
  const { heap } = pool;
  const staged: number[] = [];
  const stage = (array: WeightTensor["data"]): number => {
    const perRow = array.length / (tensor.shape[0] as number);
    const part = array.subarray(rows[0] * perRow, rows[1] * perRow);
    const at = heap.allocate(part.byteLength);
    staged.push(at);
    heap.bytes(at, part.byteLength).set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    return at;
  };
  try {
    const step = packStep(tensor, halfScales, rows[1] - rows[0], tiles, stage);
    const plan = writeSteps(heap, [step], { threads: pool.threads });
    staged.push(plan);
    pool.run(plan);
  } finally {
    for (const at of staged) heap.free(at);
  }
}

/** @param stage lays the rows' part of an array in the heap, and tells where */
function packStep(
  tensor: WeightTensor,
  halfScales: boolean,
  count: number,
  tiles: number,
  stage: (array: WeightTensor["data"]) => number,
): Step {
  const features = tensor.shape[1] as number;
  const shared = { units: Math.ceil(count / TILE_ROWS), reads: [], writes: [] };
  const data = stage(tensor.data);
  if (tensor.format === "f32") {
    return { code: PACK_F32, args: [data, features, 1, count, features, tiles], ...shared };
  }
  const { blockSize } = tensor;
  const scales = stage(tensor.scales);
  if (tensor.format === "int8-block") {
    const code = halfScales ? PACK_INT8_HALF : PACK_INT8;
    return { code, args: [data, scales, count, features, blockSize, tiles], ...shared };
  }
  const offsets = tensor.offsets === undefined ? 0 : stage(tensor.offsets);
  return { code: PACK_INT4, args: [data, scales, offsets, count, features, blockSize, tiles], ...shared };
}

function blockSizeOf(tensor: WeightTensor): number {
  return tensor.format === "f32" ? (tensor.shape[1] as number) : tensor.blockSize;
}

function tileBytes(kernels: Kernels, tensor: WeightTensor, features: number, halfScales: boolean): number {
  if (tensor.format === "f32") return kernels.f32TileBytes(features);
  if (tensor.format === "int4-block") return kernels.int4TileBytes(features, tensor.blockSize);
  return halfScales
    ? kernels.int8HalfTileBytes(features, tensor.blockSize)
    : kernels.int8TileBytes(features, tensor.blockSize);
}

function scaleBytes(tensor: WeightTensor): number {
  if (tensor.format === "f32") return 0;
  return tensor.scales.byteLength + (tensor.format === "int4-block" ? (tensor.offsets?.byteLength ?? 0) : 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, axis) => size * axis, 1);
}
