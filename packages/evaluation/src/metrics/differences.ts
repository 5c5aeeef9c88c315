import { InvalidArgumentError } from "@anabranch/core";

/** Where one output first leaves the plain one. */
export interface Difference {
  /** Index of the sequence in the set. */
  readonly sequence: number;
  /** Index of the first id that differs; the shorter length where one is the other's beginning. */
  readonly position: number;
  /** Plain decoding's id there; undefined past its end. */
  readonly plain: number | undefined;
  /** The compared output's id there; undefined past its end. */
  readonly other: number | undefined;
  /** Plain decoding's gap between its best and its second logit there, where known. */
  readonly gap: number | undefined;
}

/**
 * The sequences whose emitted ids are not those of plain decoding, each at its first difference: what follows it was
 * computed in another context and says nothing.
 *
 * @param plain ids (sequence, position) of one-token-a-pass decoding.
 * @param other ids (sequence, position) to compare.
 * @param gaps best minus second logit (sequence, position) of plain decoding, to tell near-ties from faults.
 * @throws InvalidArgumentError where the sets differ in their number of sequences.
 */
export function findDifferences(
  plain: readonly ArrayLike<number>[],
  other: readonly ArrayLike<number>[],
  gaps: readonly ArrayLike<number>[] = [],
): Difference[] {
  if (plain.length !== other.length) {
    throw new InvalidArgumentError(`${plain.length} plain sequences cannot be compared with ${other.length}.`, {
      subject: "other",
    });
  }
  return plain.flatMap((expected, sequence) => {
    const found = other[sequence] ?? [];
    const longest = Math.max(expected.length, found.length);
    for (let position = 0; position < longest; position++) {
      if (expected[position] === found[position]) continue;
      const gap = gaps[sequence]?.[position];
      return [{ sequence, position, plain: expected[position], other: found[position], gap }];
    }
    return [];
  });
}

/** True where the gap is known and below `threshold`: float32 rounding alone can turn the choice. */
export function isNearTie(difference: Difference, threshold = 1e-3): boolean {
  return difference.gap !== undefined && difference.gap < threshold;
}
