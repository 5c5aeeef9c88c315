import type { Kernel } from "../kernel.js";
import { type ReferenceTensor, row, rowCount, zeros } from "../tensor.js";
import { dot } from "../vector.js";

/** The stretches that a norm works on, as the rows of a matrix over the same numbers: [n, width]. */
export function stretches<Data extends Float64Array | Int32Array>(
  x: ReferenceTensor<Data>,
  width: number,
): ReferenceTensor<Data> {
  return { shape: [x.data.length / width, width], data: x.data };
}

/** x: [batch, rows, features], weight: [features], or [headSize] with features a multiple of it */
export const norm: Kernel<"norm"> = ([x, weight], { epsilon }) => {
  const out = zeros(x.shape);
  const [given, normed] = [stretches(x, weight.data.length), stretches(out, weight.data.length)];
  for (let r = 0; r < rowCount(given); r++) {
    const [from, to] = [row(given, r), row(normed, r)];
    const root = Math.sqrt(dot(from, from) / from.length + epsilon);
    for (let i = 0; i < from.length; i++) to[i] = ((from[i] as number) / root) * (weight.data[i] as number);
  }
  return [out];
};
