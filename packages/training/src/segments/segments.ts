import { branchRows, longest } from "../batches/batch.js";
import { type Branch, type Forest, type LossTargets, type SharedGoals, sharedTargets } from "../batches/index.js";

/** A batch of forests cut into segments: the first has the prompts too, each has the branch rows from .. to-1. */
export interface SegmentedBatch {
  readonly forests: readonly Forest[];
  /** Prompt rows of the longest, at least 1. */
  readonly rest: number;
  readonly segments: readonly Segment[];
}

export interface Segment {
  readonly from: number;
  readonly to: number;
  /** Over its own rows, with the weights that they have in the whole batch. */
  readonly losses: readonly LossTargets[];
}

/** @param segmentRows rows with streams in one segment, over the whole batch, at most. */
export function cutSegments(forests: readonly Forest[], goals: SharedGoals, segmentRows: number): SegmentedBatch {
  const rows = longest(forests, branchRows);
  const length = Math.max(1, Math.floor(segmentRows / forests.length));
  const losses = sharedTargets(forests, goals);
  const segments: Segment[] = [];
  for (let from = 0; from < rows; from += length) {
    const to = Math.min(rows, from + length);
    segments.push({ from, to, losses: losses.map((targets) => targets.slice(from, to)) });
  }
  return { forests, rest: longest(forests, ({ shared }) => shared), segments };
}

/** The branch that a branch row (counted from 0) belongs to; undefined for padding. */
export function branchOf({ branches, shared }: Forest, row: number): Branch | undefined {
  return branches.find(({ start, targets }) => row >= start - shared && row < start - shared + targets.length);
}
