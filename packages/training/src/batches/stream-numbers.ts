import { fillStreamNumbers, passNames, type Tensor } from "@anabranch/core";

/** What an adapter that rotates values takes besides positions: which stream each member is. [batch, rows * members] */
export function streamNumbers(
  set: "group" | "streams",
  gamma: number,
  batch: number,
  length: number,
): Record<string, Tensor> {
  const data = fillStreamNumbers(set, gamma, new Int32Array(batch * length));
  return { [passNames.streamNumbers(set)]: { shape: [batch, length], data } };
}
