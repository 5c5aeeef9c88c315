import type { Int4BlockTensor } from "@anabranch/core";
import { ElementType } from "../proto/messages.js";
import { checkBlockSize } from "./block-sizes.js";
import type { Lowering } from "./lowering.js";
import { bytesOf } from "./onnx-builder.js";
import { weightParts } from "./weight-parts.js";

/** Initializers of 4-bit weights as MatMulNBits reads them; matrices over the same rows lie one under the other. */
export interface Int4Weights {
  /** uint8 [out, blocks, blockSize / 2], the bytes of the tensors themselves; 8 is zero */
  readonly data: string;
  /** f32 [out, blocks] */
  readonly scales: string;
  /** f32 [out, blocks]; undefined where none of the matrices has any. */
  readonly offsets: string | undefined;
  readonly out: number;
  readonly columns: number;
  readonly blocks: number;
  readonly blockSize: number;
}

/** @throws UnsupportedError for a block size that MatMulNBits has not. */
export function int4Weights(
  lowering: Lowering,
  names: readonly string[],
  tensors: readonly Int4BlockTensor[],
): Int4Weights {
  const first = tensors[0] as Int4BlockTensor;
  const { blockSize } = first;
  checkBlockSize(names[0] as string, blockSize, 4);
  const columns = first.shape[1];
  const blocks = Math.ceil(columns / blockSize);
  const out = tensors.reduce((sum, tensor) => sum + tensor.shape[0], 0);
  const name = names.join("|");
  const { onnx } = lowering;
  const array = (which: "data" | "scales" | "offsets", type: ElementType, dims: readonly number[], bytes: BytesOf) =>
    onnx.once(`int4 ${which} ${name}`, () => {
      const parts = weightParts(lowering, tensors, which, () => tensors.map(bytes));
      return onnx.initializer(which === "data" ? name : `${name}.${which}`, type, dims, parts);
    });
  const hasOffsets = tensors.some(hasOffset);
  return {
    data: array("data", ElementType.uint8, [out, blocks, blockSize / 2], ({ data }) => data),
    scales: array("scales", ElementType.float32, [out, blocks], ({ scales }) => bytesOf(scales)),
    offsets: hasOffsets ? array("offsets", ElementType.float32, [out, blocks], offsetBytes) : undefined,
    out,
    columns,
    blocks,
    blockSize,
  };
}

type BytesOf = (tensor: Int4BlockTensor) => Uint8Array;

/** Asked without reading them. */
const hasOffset = (tensor: Int4BlockTensor): boolean =>
  (tensor.stored === undefined ? tensor.offsets : tensor.stored.offsets) !== undefined;

const offsetBytes: BytesOf = ({ offsets, scales }) => bytesOf(offsets ?? new Float32Array(scales.length));
