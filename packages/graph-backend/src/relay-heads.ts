import type { Tensor } from "@anabranch/core";

/** Copies the first `slots` slots of every head into a buffer of another capacity. Both: [kvHeads, capacity, headSize]. */
export function relayHeads(from: Tensor, to: Tensor, slots: number, kvHeads: number, headSize: number): void {
  const fromHead = (from.shape[1] as number) * headSize;
  const toHead = (to.shape[1] as number) * headSize;
  for (let head = 0; head < kvHeads; head++) {
    to.data.set(from.data.subarray(head * fromHead, head * fromHead + slots * headSize), head * toHead);
  }
}
