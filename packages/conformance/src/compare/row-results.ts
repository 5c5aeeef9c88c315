import type { PassRow, RowRead, RowResult, TokenLogProbs } from "@anabranch/core";
import { ConformanceFailure, expectThat } from "../conformance-failure.js";
import { expectClose, isClose, scaleOf } from "./closeness.js";

/** What the reference says of a row: all of it, so that a choice between near-equal tokens can be judged. */
export const everything = (read: RowRead, vocabularySize: number): RowRead => ({
  ...read,
  logits: true,
  logProbsOf: Array.from({ length: vocabularySize }, (_, token) => token),
});

/**
 * Holds the results of a pass's rows against the reference's.
 * @param truth results of the same rows with `everything` read
 * @throws ConformanceFailure
 */
export function expectSameResults(
  rows: readonly PassRow[],
  ours: readonly RowResult[],
  truth: readonly RowResult[],
  tolerance: number,
): void {
  expectThat(ours.length === rows.length, () => `${ours.length} results came for ${rows.length} rows`);
  rows.forEach((row, index) => {
    const result = ours[index] as RowResult;
    expectThat(result.survived, () => `row ${index} did not survive a pass without pruning`);
    expectSameResult(`row ${index}`, row.read ?? {}, result, truth[index] as RowResult, tolerance);
  });
}

function expectSameResult(at: string, read: RowRead, ours: RowResult, truth: RowResult, tolerance: number): void {
  const logits = truth.logits ?? new Float32Array();
  const logProbs = truth.logProbsOf ?? new Float32Array();
  if (read.logits === true) expectClose(`${at}.logits`, ours.logits, logits, tolerance);
  if (read.argmax === true) expectArgmax(at, ours, logits, tolerance);
  if (read.logProbsOf !== undefined) {
    const expected = read.logProbsOf.map((token) => logProbs[token] as number);
    expectClose(`${at}.logProbsOf`, ours.logProbsOf, expected, tolerance * scaleOf(logits));
  }
  if (read.topLogProbs !== undefined) {
    expectTop(`${at}.topLogProbs`, ours.topLogProbs, logProbs, read.topLogProbs, tolerance * scaleOf(logits));
  }
  for (const layer of read.hidden ?? []) {
    const expected = truth.hidden?.get(layer) as Float32Array;
    expectClose(`${at}.hidden(${layer})`, ours.hidden?.get(layer), expected, tolerance);
  }
  expectNothingElse(at, read, ours);
}

/** The token itself may differ only between logits that are equal up to rounding. */
function expectArgmax(at: string, { argmax, logits: own }: RowResult, logits: Float32Array, tolerance: number): void {
  expectThat(argmax !== undefined, () => `${at}.argmax: asked for, not given`);
  const best = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const value = logits[argmax] ?? Number.NEGATIVE_INFINITY;
  expectThat(
    isClose(value, best, 2 * tolerance * scaleOf(logits)),
    () => `${at}.argmax is ${argmax}, whose logit is ${value}; the largest is ${best}`,
  );
  if (own !== undefined) {
    const most = own.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    expectThat(
      own[argmax] === most,
      () => `${at}.argmax is ${argmax}, which is not the largest of the row's own logits`,
    );
  }
}

function expectTop(
  at: string,
  ours: TokenLogProbs | undefined,
  logProbs: Float32Array,
  k: number,
  tolerance: number,
): void {
  expectThat(ours !== undefined, () => `${at}: asked for, not given`);
  const tokens = Array.from(ours.tokens);
  const best = Array.from(logProbs)
    .sort((a, b) => b - a)
    .slice(0, k);
  expectClose(`${at}.logProbs`, ours.logProbs, best, tolerance);
  expectThat(tokens.length === best.length, () => `${at} holds ${tokens.length} tokens, not ${best.length}`);
  expectThat(new Set(tokens).size === tokens.length, () => `${at} names a token twice: ${tokens}`);
  // Each token's own log-probability: so a token can stand in another's place only where the two are nearly equal.
  expectClose(
    `${at}.logProbs`,
    ours.logProbs,
    tokens.map((token) => logProbs[token] ?? Number.NaN),
    tolerance,
  );
  ours.logProbs.forEach((value, rank) => {
    const before = ours.logProbs[rank - 1];
    if (before === undefined) return;
    const inOrder = before > value || (before === value && (tokens[rank - 1] as number) < (tokens[rank] as number));
    expectThat(inOrder, () => `${at} is not in order at ${rank}: best first, equal ones by ascending id`);
  });
}

/** Results are asked for, never dumped. */
function expectNothingElse(at: string, read: RowRead, ours: RowResult): void {
  const asked: Record<string, boolean> = {
    argmax: read.argmax === true,
    logits: read.logits === true,
    topLogProbs: read.topLogProbs !== undefined,
    logProbsOf: read.logProbsOf !== undefined,
  };
  for (const [name, wanted] of Object.entries(asked)) {
    if (!wanted && ours[name as keyof RowResult] !== undefined) {
      throw new ConformanceFailure(`${at}.${name} came unasked`);
    }
  }
}
