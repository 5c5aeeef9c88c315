import { passNames, type Tensor } from "@anabranch/core";
import { type Batch, branchRows, int32, longest, putTargets, type SharedGoals } from "./batch.js";
import type { Forest } from "./forest.js";
import { LossTargets } from "./loss-targets.js";
import { mainRowInputs } from "./main-rows.js";
import { streamNumbers } from "./stream-numbers.js";
import { tokensBefore } from "./tokens-before.js";
import { Visibility } from "./visibility.js";

/**
 * A batch for the shared-mode graph: prompts are the set `rest`, branch rows with their γ streams the set `group`, as in
 * decoding, where streams begin at the last prompt row.
 */
export function sharedBatch(forests: readonly Forest[], goals: SharedGoals): Batch {
  const gamma = goals.streams.length;
  const rest = longest(forests, ({ shared }) => shared);
  const group = longest(forests, branchRows);
  const losses = sharedTargets(forests, goals);
  return {
    inputs: {
      ...mainRowInputs(forests),
      ...setRows(forests, "rest", rest, 1),
      ...setRows(forests, "group", group, 1 + gamma),
      ...visibility(forests, rest, group),
      ...(goals.markov && tokensBefore(forests, gamma, 0, group)),
      ...Object.assign({}, ...losses.map((targets) => targets.inputs())),
    },
    losses,
    rows: forests.reduce((sum, { tokens }) => sum + tokens.length, 0),
  };
}

/** What main rows and streams are held against, over [batch, branch rows of the longest]. */
export function sharedTargets(forests: readonly Forest[], goals: SharedGoals): LossTargets[] {
  const rows = longest(forests, branchRows);
  const main = new LossTargets("group", forests.length, rows, 1);
  const streams = new LossTargets("streams", forests.length, rows, goals.streams.length);
  forests.forEach((forest, entry) => {
    putTargets(entry, forest, main, streams, goals.draftIndex);
  });
  main.weigh([goals.main]);
  streams.weigh(goals.streams);
  return [main, streams];
}

/** Which main rows make up a set, and the positions of its members. Padding names row 0, which is harmless: nobody sees it. */
function setRows(
  forests: readonly Forest[],
  set: "rest" | "group",
  length: number,
  members: number,
): Record<string, Tensor> {
  const rows = new Int32Array(forests.length * length);
  const positions = new Int32Array(rows.length * members);
  forests.forEach((forest, entry) => {
    const [from, to] = set === "rest" ? [0, forest.shared] : [forest.shared, forest.tokens.length];
    for (let row = from; row < to; row++) {
      const at = entry * length + row - from;
      rows[at] = row;
      positions.fill(forest.positions[row] as number, at * members, (at + 1) * members);
    }
  });
  return {
    [passNames.rowsOf(set)]: int32([forests.length, length], rows),
    [passNames.positions(set)]: int32([forests.length, length * members], positions),
    ...(set === "group" && streamNumbers(set, members - 1, forests.length, length * members)),
  };
}

function visibility(forests: readonly Forest[], rest: number, group: number): Record<string, Tensor> {
  const batch = forests.length;
  const restRest = new Visibility(batch, rest, rest);
  const groupRest = new Visibility(batch, group, rest);
  const groupGroup = new Visibility(batch, group, group);
  forests.forEach((forest, entry) => {
    const { shared, branches } = forest;
    for (let row = 0; row < shared; row++) restRest.show(entry, row, 0, row + 1);
    for (let row = shared; row < rest; row++) restRest.show(entry, row, row, row + 1);
    for (const { start, targets } of branches) {
      for (let i = 0; i < targets.length; i++) {
        groupRest.show(entry, start - shared + i, 0, shared);
        groupGroup.show(entry, start - shared + i, start - shared, start - shared + i + 1);
      }
    }
    for (let row = branchRows(forest); row < group; row++) groupGroup.show(entry, row, row, row + 1);
  });
  return {
    [passNames.bias("rest", "rest")]: restRest.tensor(),
    // The prompt never sees a completion.
    [passNames.bias("rest", "group")]: new Visibility(batch, rest, group).tensor(),
    [passNames.bias("group", "rest")]: groupRest.tensor(),
    [passNames.bias("group", "group")]: groupGroup.tensor(),
  };
}
