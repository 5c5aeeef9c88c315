import type { Int4BlockTensor } from "@anabranch/core";
import { ElementType } from "../proto/messages.js";
import { checkBlockSize } from "./block-sizes.js";
import type { Lowering } from "./lowering.js";
import { bytesOf } from "./onnx-builder.js";

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
  const floats = (what: string, parts: readonly Float32Array[]): string =>
    onnx.once(`${what} ${name}`, () =>
      onnx.initializer(`${name}.${what}`, ElementType.float32, [out, blocks], parts.map(bytesOf)),
    );
  const data = onnx.once(`int4 ${name}`, () =>
    onnx.initializer(
      name,
      ElementType.uint8,
      [out, blocks, blockSize / 2],
      tensors.map(({ data: bytes }) => bytes),
    ),
  );
  const scales = floats(
    "scales",
    tensors.map((tensor) => tensor.scales),
  );
  const offsets = tensors.some((tensor) => tensor.offsets !== undefined)
    ? floats(
        "offsets",
        tensors.map((tensor) => tensor.offsets ?? new Float32Array(tensor.scales.length)),
      )
    : undefined;
  return { data, scales, offsets, out, columns, blocks, blockSize };
}
