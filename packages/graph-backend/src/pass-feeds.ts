import {
  attentionWindows,
  fillStreamNumbers,
  type Graph,
  type ModelSpec,
  passNames,
  type RowSetName,
  type Tensor,
} from "@anabranch/core";
import type { FeedBuffers } from "./feed-buffers.js";
import type { RowBiases, RowPlan } from "./row-plan.js";
import type { RowSubset } from "./row-subset.js";
import { wholeLogits } from "./whole-logits.js";

/** Makes one input of a graph from the rows of a run. */
export type Feed = (plan: RowPlan, buffers: FeedBuffers) => Tensor;

const SETS: readonly RowSetName[] = ["main", "rest", "group", "streams"];

/** Feeds of a pass graph's inputs; those that are given with a run have none, nor have committed keys and values. */
export function feedsOf({ inputs }: Graph, spec: ModelSpec, gamma: number): (readonly [name: string, feed: Feed])[] {
  const feeds = passFeeds(spec, gamma);
  return inputs.filter((name) => feeds.has(name)).map((name) => [name, feeds.get(name) as Feed] as const);
}

/** By name, a feed for every input that a pass graph may have. */
function passFeeds(spec: ModelSpec, gamma: number): Map<string, Feed> {
  const members: Record<RowSetName, number> = { main: 1, rest: 1, group: 1 + gamma, streams: gamma };
  const feeds = new Map<string, Feed>([[passNames.tokens, (plan) => plan.tokens]]);
  for (const set of SETS) {
    const positions = passNames.positions(set);
    const rowsOf = passNames.rowsOf(set);
    const read = passNames.read(set);
    feeds.set(positions, (plan, buffers) => feedPositions(plan, set, members[set], positions, buffers));
    feeds.set(rowsOf, ({ sets }, buffers) => feedList(sets[set]?.rows ?? [], rowsOf, buffers));
    feeds.set(read, ({ reads }, buffers) => feedList(reads[set]?.rows ?? [], read, buffers));
    const numbers = passNames.streamNumbers(set);
    feeds.set(numbers, (plan, buffers) => {
      const tensor = buffers.ints(numbers, [1, subset(plan, set).count * members[set]]);
      fillStreamNumbers(set, gamma, tensor.data);
      return tensor;
    });
    const whole = wholeLogits.wanted(set);
    feeds.set(whole, ({ reads }, buffers) => feedList(reads[set]?.whole ?? [], whole, buffers));
    for (const window of [undefined, ...attentionWindows(spec)]) {
      const past = passNames.bias(set, "past", window);
      feeds.set(past, (plan, buffers) => gatherRows(seenBy(plan, window).past, subset(plan, set), past, buffers));
      for (const seen of SETS) {
        const bias = passNames.bias(set, seen, window);
        feeds.set(bias, (plan, buffers) => feedRowBias(plan, seenBy(plan, window).rows, set, seen, bias, buffers));
      }
    }
  }
  return feeds;
}

function seenBy({ seen, seenInWindow }: RowPlan, window: number | undefined): RowBiases {
  return window === undefined ? seen : (seenInWindow.get(window) as RowBiases);
}

function subset(plan: RowPlan, set: RowSetName): RowSubset {
  return plan.sets[set] as RowSubset;
}

/** [1, n] */
export function feedList(rows: readonly number[], name: string, buffers: FeedBuffers): Tensor {
  const tensor = buffers.ints(name, [1, rows.length]);
  for (let index = 0; index < rows.length; index++) tensor.data[index] = rows[index] as number;
  return tensor;
}

/** Positions of a set's members, all of a group at their row's: [1, positions * members] */
function feedPositions(plan: RowPlan, set: RowSetName, members: number, name: string, buffers: FeedBuffers): Tensor {
  const { count, rows } = subset(plan, set);
  const tensor = buffers.ints(name, [1, count * members]);
  for (let index = 0; index < count; index++) {
    const position = plan.positions[rows === undefined ? index : (rows[index] as number)] as number;
    tensor.data.fill(position, index * members, (index + 1) * members);
  }
  return tensor;
}

/** The rows of a set out of [1, rows, n]. */
function gatherRows(whole: Tensor, { count, rows }: RowSubset, name: string, buffers: FeedBuffers): Tensor {
  if (rows === undefined) return whole;
  const width = whole.shape[2] as number;
  const tensor = buffers.floats(name, [1, count, width]);
  rows.forEach((row, index) => {
    tensor.data.set(whole.data.subarray(row * width, (row + 1) * width), index * width);
  });
  return tensor;
}

/** What the rows of one set see of the rows of another: [1, rows of `set`, rows of `seen`] */
function feedRowBias(
  plan: RowPlan,
  whole: Tensor,
  set: RowSetName,
  seen: RowSetName,
  name: string,
  buffers: FeedBuffers,
): Tensor {
  const { rows: columns, count: width } = subset(plan, seen);
  if (columns === undefined) return gatherRows(whole, subset(plan, set), name, buffers);
  const { rows, count } = subset(plan, set);
  const tensor = buffers.floats(name, [1, count, width]);
  for (let index = 0; index < count; index++) {
    const from = (rows === undefined ? index : (rows[index] as number)) * plan.count;
    for (let column = 0; column < width; column++) {
      tensor.data[index * width + column] = whole.data[from + (columns[column] as number)] as number;
    }
  }
  return tensor;
}
