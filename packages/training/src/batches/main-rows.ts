import { passNames, type Tensor } from "@anabranch/core";
import { int32, longest } from "./batch.js";
import type { Forest } from "./forest.js";
import { Visibility } from "./visibility.js";

/** Inputs of the main rows of a pass: every row of every forest, padded to the longest. A padded row sees itself only. */
export function mainRowInputs(forests: readonly Forest[]): Record<string, Tensor> {
  const rows = longest(forests, ({ tokens }) => tokens.length);
  const tokens = new Int32Array(forests.length * rows);
  const positions = new Int32Array(forests.length * rows);
  const seen = new Visibility(forests.length, rows, rows);
  forests.forEach((forest, entry) => {
    tokens.set(forest.tokens, entry * rows);
    positions.set(forest.positions, entry * rows);
    for (let row = 0; row < forest.shared; row++) seen.show(entry, row, 0, row + 1);
    for (const { start, targets } of forest.branches) {
      for (let row = start; row < start + targets.length; row++) {
        seen.show(entry, row, 0, forest.shared);
        seen.show(entry, row, start, row + 1);
      }
    }
    for (let row = forest.tokens.length; row < rows; row++) seen.show(entry, row, row, row + 1);
  });
  return {
    [passNames.tokens]: int32([forests.length, rows], tokens),
    [passNames.positions("main")]: int32([forests.length, rows], positions),
    [passNames.bias("main", "main")]: seen.tensor(),
  };
}
