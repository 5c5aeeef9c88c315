import { passNames, type StreamSpec, type Tensor } from "@anabranch/core";
import { int32 } from "../batches/batch.js";
import type { Forest } from "../batches/index.js";
import { streamNumbers } from "../batches/stream-numbers.js";
import { tokensBefore } from "../batches/tokens-before.js";
import { Visibility } from "../batches/visibility.js";
import { branchOf, type Segment, type SegmentedBatch } from "./segments.js";

/**
 * Inputs of a segment's pass but for keys and values of the past. Rows: the prompts' (in the first segment; one that nobody
 * sees in the others, since runtimes dislike empty axes), then branch rows. The past: prompts' rows, then all branch rows
 * before the segment (in the first segment one slot that nobody sees).
 */
export function segmentInputs(
  batch: SegmentedBatch,
  segment: Segment,
  { gamma, markov }: StreamSpec,
): Record<string, Tensor> {
  const { forests } = batch;
  const size = forests.length;
  const opening = segment.from === 0;
  const prompt = opening ? batch.rest : 0;
  const rest = Math.max(1, prompt);
  const group = segment.to - segment.from;
  const rows = prompt + group;
  const slots = pastSlots(batch, segment);
  const table = (width: number): Int32Array => new Int32Array(size * width);
  const [tokens, positions, restPositions, restRows, groupRows] = [
    table(rows),
    table(rows),
    table(rest),
    table(rest),
    table(group),
  ];
  const groupPositions = table(group * (1 + gamma));
  const see = (queries: number, keys: number): Visibility => new Visibility(size, queries, keys);
  const bias = {
    mainMain: see(rows, rows),
    mainPast: see(rows, slots),
    restRest: see(rest, rest),
    groupRest: see(group, rest),
    groupGroup: see(group, group),
    groupPast: see(group, slots),
  };
  forests.forEach((forest, entry) => {
    for (let row = 0; row < prompt; row++) {
      const real = row < forest.shared;
      const from = real ? 0 : row;
      bias.mainMain.show(entry, row, from, row + 1);
      bias.restRest.show(entry, row, from, row + 1);
      restRows[entry * rest + row] = row;
      if (!real) continue;
      tokens[entry * rows + row] = forest.tokens[row] as number;
      positions[entry * rows + row] = row;
      restPositions[entry * rest + row] = row;
    }
    if (!opening) bias.restRest.show(entry, 0, 0, 1);
    for (let place = 0; place < group; place++) {
      const row = prompt + place;
      groupRows[entry * group + place] = row;
      const sight = sightOf(forest, segment, place);
      bias.mainMain.show(entry, row, prompt + sight.from, row + 1);
      bias.groupGroup.show(entry, place, sight.from, place + 1);
      if (sight.forestRow === undefined) continue;
      const position = forest.positions[sight.forestRow] as number;
      tokens[entry * rows + row] = forest.tokens[sight.forestRow] as number;
      positions[entry * rows + row] = position;
      const at = (entry * group + place) * (1 + gamma);
      groupPositions.fill(position, at, at + 1 + gamma);
      if (opening) {
        bias.mainMain.show(entry, row, 0, forest.shared);
        bias.groupRest.show(entry, place, 0, forest.shared);
        continue;
      }
      for (const past of [bias.mainPast, bias.groupPast]) {
        const query = past === bias.mainPast ? row : place;
        past.show(entry, query, 0, forest.shared);
        past.show(entry, query, batch.rest + sight.before, batch.rest + segment.from);
      }
    }
  });
  return {
    [passNames.tokens]: int32([size, rows], tokens),
    [passNames.positions("main")]: int32([size, rows], positions),
    [passNames.positions("rest")]: int32([size, rest], restPositions),
    [passNames.positions("group")]: int32([size, group * (1 + gamma)], groupPositions),
    ...(markov && tokensBefore(forests, gamma, segment.from, segment.to)),
    ...streamNumbers("group", gamma, size, group * (1 + gamma)),
    [passNames.rowsOf("rest")]: int32([size, rest], restRows),
    [passNames.rowsOf("group")]: int32([size, group], groupRows),
    [passNames.bias("main", "main")]: bias.mainMain.tensor(),
    [passNames.bias("main", "past")]: bias.mainPast.tensor(),
    [passNames.bias("rest", "rest")]: bias.restRest.tensor(),
    [passNames.bias("rest", "group")]: see(rest, group).tensor(),
    [passNames.bias("rest", "past")]: see(rest, slots).tensor(),
    [passNames.bias("group", "rest")]: bias.groupRest.tensor(),
    [passNames.bias("group", "group")]: bias.groupGroup.tensor(),
    [passNames.bias("group", "past")]: bias.groupPast.tensor(),
  };
}

/** Slots of a segment's past. */
export function pastSlots({ rest }: SegmentedBatch, { from }: Segment): number {
  return from === 0 ? 1 : rest + from;
}

/** What the row at a place of a segment sees: of its segment from .. itself, of the branch rows before it `before` .. all. */
function sightOf(
  forest: Forest,
  segment: Segment,
  place: number,
): { from: number; before: number; forestRow: number | undefined } {
  const branch = branchOf(forest, segment.from + place);
  // Padding sees itself only.
  if (branch === undefined) return { from: place, before: segment.from, forestRow: undefined };
  const start = branch.start - forest.shared;
  return {
    from: Math.max(0, start - segment.from),
    before: Math.min(start, segment.from),
    forestRow: forest.shared + segment.from + place,
  };
}
