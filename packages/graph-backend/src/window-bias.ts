import { HIDDEN_BIAS } from "@anabranch/core";
import type { CachedSequence } from "./cached-sequence.js";

/**
 * What a row at a position sees of the pool through a window: its sequence's slots from position - window + 1 on. The slots of
 * a sequence stand in the order of its text, so that a token's place there is its position.
 *
 * @param bias filled, [capacity of the pool]
 */
export function fillWindowBias({ slots }: CachedSequence, position: number, window: number, bias: Float32Array): void {
  bias.fill(HIDDEN_BIAS);
  for (let seen = Math.max(0, position - window + 1); seen < slots.length; seen++) bias[slots[seen] as number] = 0;
}
