import { ElementType } from "../proto/messages.js";
import type { Lowering } from "./lowering.js";
import { type BlockWeights, matMulNBits } from "./mat-mul-n-bits.js";
import { int } from "./onnx-builder.js";

/** Which linear maps' rows keep 16 bits where they meet weights in blocks: none, those of q, k and v, or all. */
export type FineRows = "none" | "attention" | "all";

/** By what blocks rows are rounded where they meet weights. */
type RowBlocks = Pick<BlockWeights, "columns" | "blockSize">;

/**
 * Runs a product that rounds its rows to 8 bits by block as if they had 16: the rows x, and below them what rounding takes
 * from them, x - q(x), go through it together, and the two halves are added. The weights are read once; the product is one of
 * twice as many rows.
 *
 * @param x rows, [batch, rows, columns]
 * @param multiply the product of rows, made under the name given
 */
export function withFineRows(
  lowering: Lowering,
  x: string,
  blocks: RowBlocks,
  out: string,
  multiply: (rows: string, out: string) => void,
): void {
  const { onnx } = lowering;
  const { columns, blockSize } = blocks;
  const doubled = onnx.once(`fine rows ${blockSize} ${x}`, () => {
    const whole = columns % blockSize === 0;
    const padded = whole ? x : padRows(lowering, x, blocks);
    const inBlocks = onnx.step(`${x}/blocks`, "Reshape", [padded, onnx.ints([0, 0, -1, blockSize])]);
    const rest = onnx.step(`${x}/rest`, "Sub", [inBlocks, rounded(lowering, inBlocks, blockSize)]);
    const flat = onnx.step(`${x}/rest_rows`, "Reshape", [rest, onnx.ints([0, 0, -1])]);
    const cut = whole
      ? flat
      : onnx.step(`${x}/rest_cut`, "Slice", [flat, onnx.ints([0]), onnx.ints([columns]), onnx.ints([2])]);
    return onnx.step(`${x}/fine`, "Concat", [x, cut], { attributes: { axis: int(1) } });
  });
  const product = onnx.freeName(`${out}/halves`);
  multiply(doubled, product);
  const halves = [onnx.freeName(`${out}/rounded`), onnx.freeName(`${out}/rest`)];
  onnx.node("Split", [product], halves, { attributes: { axis: int(1), num_outputs: int(2) } });
  onnx.node("Add", halves, [out]);
}

/** Rows as the product sees them: it is asked itself, by a product with 1. [batch, rows, blocks, blockSize] */
function rounded({ onnx }: Lowering, x: string, blockSize: number): string {
  const data = onnx.once(`ones ${blockSize}`, () => {
    const bytes = new Uint8Array(blockSize * blockSize).fill(128);
    for (let index = 0; index < blockSize; index++) bytes[index * blockSize + index] = 129;
    return onnx.initializer(`ones.${blockSize}`, ElementType.uint8, [blockSize, 1, blockSize], [bytes]);
  });
  const scales = onnx.once(`scales of ones ${blockSize}`, () =>
    onnx.floats(`ones.${blockSize}.scales`, [blockSize, 1], new Float32Array(blockSize).fill(1)),
  );
  const result = onnx.freeName(`${x}/rounded`);
  const weights = { data, scales, out: blockSize, columns: blockSize, blockSize };
  matMulNBits(onnx, x, weights, 8, result);
  return result;
}

function padRows({ onnx }: Lowering, x: string, { columns, blockSize }: RowBlocks): string {
  const missing = Math.ceil(columns / blockSize) * blockSize - columns;
  return onnx.step(`${x}/padded`, "Pad", [x, onnx.ints([0, 0, 0, 0, 0, missing])]);
}
