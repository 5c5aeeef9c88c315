import {
  MATMUL_F32,
  MATMUL_INT4,
  MATMUL_INT8,
  MATMUL_INT8_HALF,
  PACK_F32,
  QUANTIZE,
} from "../../assembly/step-codes.js";
import { TILE_ROWS } from "../kernels.js";
import type { TiledMatrix } from "../weights/stored-weight.js";
import { byRow, type Located, type Lower, type Lowering, wholly } from "./lowering.js";
import type { Access, Step } from "./step.js";

export const lowerLinear: Lower<"linear"> = (node, at) => {
  const {
    inputs: [x, weight],
    attributes: { transposed },
    outputs: [out],
  } = node;
  const constant = transposed ? undefined : (at.weight(weight, "tiles") as TiledMatrix | undefined);
  const matrix = constant ?? packInPlan(at, weight, transposed);
  const [from, to] = [at.value(x), at.output(out)];
  if (matrix.format === "f32") {
    const args = [from.address, from.features, from.rows, matrix.address, from.features, to.address];
    const reads = [wholly(from), ...(constant === undefined ? [tilesOf(matrix)] : [])];
    at.emit({ code: MATMUL_F32, args: [...args, to.features, to.features], ...tiles(to), ...ahead(constant), reads });
    return;
  }
  const bits = at.rowBits(matrix, weight);
  const { blockSize } = matrix;
  const rowBytes = at.kernels.quantizedRowBytes(from.features, blockSize, bits);
  const { place, isNew } = at.derived(x, `quantized.${blockSize}.${bits}`, rowBytes * from.rows);
  const quantized: Access = { from: place.address, to: place.address + rowBytes * from.rows };
  if (isNew) {
    at.emit({
      code: QUANTIZE,
      args: [from.address, from.features, from.features, blockSize, bits, place.address],
      units: from.rows,
      reads: [byRow(from)],
      writes: [{ ...quantized, stride: rowBytes }],
    });
  }
  at.emit({
    code: matrix.format === "int4-block" ? MATMUL_INT4 : matrix.halfScales ? MATMUL_INT8_HALF : MATMUL_INT8,
    args: [
      ...[place.address, from.rows, bits, matrix.address, from.features, blockSize],
      ...[to.address, to.features, to.features],
    ],
    ...tiles(to),
    ...ahead(constant),
    reads: [quantized],
  });
};

/** Tiles that products of quantized weights take together. */
const FOUR_TILES = 4;

/** Units are tiles of outputs, which threads take in turn: most of a pass's time is here, and one thread may be held up. */
function tiles(to: Located): Pick<Step, "units" | "piece" | "inTurn" | "writes"> {
  const units = Math.ceil(to.features / TILE_ROWS);
  return { units, piece: FOUR_TILES, inTurn: true, writes: [wholly(to)] };
}

/** What the step before may load from: not what the plan itself writes. */
function ahead(constant: TiledMatrix | undefined): Pick<Step, "weights"> {
  return constant === undefined ? {} : { weights: tilesOf(constant) };
}

/** A matrix that is not known before the run, laid in tiles within it. */
function packInPlan(at: Lowering, name: string, transposed: boolean): TiledMatrix {
  const { address, shape } = at.value(name);
  const [first, second] = shape as readonly [number, number];
  const [rows, features] = transposed ? [second, first] : [first, second];
  const strides = transposed ? [1, second] : [second, 1];
  const units = Math.ceil(rows / TILE_ROWS);
  const tileBytes = at.kernels.f32TileBytes(features);
  const { address: tilesAt } = at.room(units * tileBytes);
  const matrix: TiledMatrix = {
    ...{ layout: "tiles", format: "f32", address: tilesAt, tileBytes, rows, features },
    ...{ blockSize: features, halfScales: false },
  };
  at.emit({
    code: PACK_F32,
    args: [address, ...strides, rows, features, tilesAt],
    units,
    reads: [{ from: address, to: address + 4 * first * second }],
    writes: [tilesOf(matrix)],
  });
  return matrix;
}

/** A matrix, a tile for each unit. */
export function tilesOf({ address, rows, tileBytes }: TiledMatrix): Required<Access> {
  return { from: address, to: address + Math.ceil(rows / TILE_ROWS) * tileBytes, stride: tileBytes };
}
