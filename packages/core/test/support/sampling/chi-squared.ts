import { jStat } from "jstat";

/** Cells with fewer expected draws are counted together: the statistic's distribution is known for large counts. */
const LEAST_EXPECTED = 8;

export interface GoodnessOfFit {
  readonly statistic: number;
  /** What the statistic of a true distribution exceeds once in `1 / significance` tests. */
  readonly limit: number;
}

/**
 * Pearson's chi-squared test of counts against the probabilities that they should have.
 *
 * @param counts [cells] @param probabilities [cells], sum to 1
 */
export function goodnessOfFit(
  counts: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  significance = 1e-4,
): GoodnessOfFit {
  const draws = Array.from(counts).reduce((sum, count) => sum + count, 0);
  let [statistic, cells, rareCount, rareExpected] = [0, 0, 0, 0];
  for (let cell = 0; cell < counts.length; cell++) {
    const count = counts[cell] as number;
    const expected = draws * (probabilities[cell] as number);
    if (expected === 0 && count > 0) statistic = Number.POSITIVE_INFINITY;
    if (expected < LEAST_EXPECTED) {
      rareCount += count;
      rareExpected += expected;
    } else {
      statistic += (count - expected) ** 2 / expected;
      cells++;
    }
  }
  if (rareExpected > 0) {
    statistic += (rareCount - rareExpected) ** 2 / rareExpected;
    cells++;
  }
  return { statistic, limit: jStat.chisquare.inv(1 - significance, cells - 1) };
}
