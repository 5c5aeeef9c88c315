import type { RowSetName } from "@anabranch/core";

/** Inputs and outputs that training adds to a pass graph's own (core's `passNames`), by row set. */
export const lossNames = {
  /** i32 [batch, read]: the token that each row is held against. */
  targets: (set: RowSetName): string => `targets.${set}`,
  /** f32 [batch, read]: gradient of the loss with respect to the target's log-probability, that is, minus its weight. */
  seed: (set: RowSetName): string => `seed.${set}`,
  /** f32 [batch, read] */
  logProb: (set: RowSetName): string => `logProb.${set}`,
  /** i32 [batch, read]: the most probable token. */
  guess: (set: RowSetName): string => `guess.${set}`,
} as const;
