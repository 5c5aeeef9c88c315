import type { RowRead, RowResult } from "@anabranch/core";
import type { RunResults } from "./pass-run.js";
import {
  argmaxOf,
  biased,
  logSumExp,
  readsLogits,
  readsWholeLogits,
  requireFinite,
  topLogProbs,
} from "./read-logits.js";

/** All that is said of a row of which nothing was asked. */
const survivor: RowResult = Object.freeze({ survived: true });

const dropped: RowResult = Object.freeze({ survived: false });

/** What one row's read asks for. @param row the row's index in its request, for messages @param at its place in the run */
export function readRow(run: RunResults, row: number, at: number, read: RowRead | undefined): RowResult {
  if (!run.survived(at)) return dropped;
  if (read === undefined) return survivor;
  const result: Result = { survived: true };
  if (read.hidden !== undefined) {
    result.hidden = new Map(read.hidden.map((layer) => [layer, Float32Array.from(run.hidden(layer, at))]));
  }
  if (readsWholeLogits(read, run.topWidth)) readLogits(run, row, at, read, result);
  else if (readsLogits(read)) readTop(run, row, at, read, result);
  return result;
}

type Result = { -readonly [Key in keyof RowResult]: RowResult[Key] };

function readTop(run: RunResults, row: number, at: number, { argmax, topLogProbs: k }: RowRead, result: Result): void {
  const best = requireFinite(run.top(at, Math.max(1, k ?? 0)), row);
  if (argmax === true) result.argmax = best.tokens[0] as number;
  if (k !== undefined) result.topLogProbs = best;
}

function readLogits(run: RunResults, row: number, at: number, read: RowRead, result: Result): void {
  let { data, offset, size } = run.logits(at);
  let argmax = argmaxOf(data, offset, size, row);
  if (read.vocabularyBias !== undefined) {
    data = biased(data, offset, read.vocabularyBias, row);
    offset = 0;
    argmax = argmaxOf(data, offset, size, row);
  }
  if (read.argmax === true) result.argmax = argmax;
  if (read.logits === true) result.logits = Float32Array.from(data.subarray(offset, offset + size));
  if (read.topLogProbs === undefined && read.logProbsOf === undefined) return;
  const logSum = logSumExp(data, offset, size, data[offset + argmax] as number);
  if (read.topLogProbs !== undefined) result.topLogProbs = topLogProbs(data, offset, size, read.topLogProbs, logSum);
  if (read.logProbsOf !== undefined) {
    result.logProbsOf = Float32Array.from(read.logProbsOf, (token) => (data[offset + token] as number) - logSum);
  }
}
