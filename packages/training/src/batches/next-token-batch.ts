import { passNames } from "@anabranch/core";
import { type Batch, branchRows, int32, longest, putTargets } from "./batch.js";
import type { Forest } from "./forest.js";
import { LossTargets } from "./loss-targets.js";
import { mainRowInputs } from "./main-rows.js";

/** A batch for the next-token graph: the branches' rows are read. */
export function nextTokenBatch(forests: readonly Forest[]): Batch {
  const read = longest(forests, branchRows);
  const rows = new Int32Array(forests.length * read);
  const targets = new LossTargets("main", forests.length, read, 1);
  forests.forEach((forest, entry) => {
    for (let row = 0; row < branchRows(forest); row++) rows[entry * read + row] = forest.shared + row;
    putTargets(entry, forest, targets);
  });
  targets.weigh([1]);
  return {
    inputs: {
      ...mainRowInputs(forests),
      [passNames.read("main")]: int32([forests.length, read], rows),
      ...targets.inputs(),
    },
    losses: [targets],
    rows: forests.reduce((sum, { tokens }) => sum + tokens.length, 0),
  };
}
