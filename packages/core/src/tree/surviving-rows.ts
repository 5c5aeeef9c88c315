import { COMMITTED } from "../contract/pass.js";

/**
 * Which rows of a pass outlive pruning (3.1.3): a row is dropped where its transition probability is below the threshold, or
 * its parent is dropped. Rows that follow the committed text stay.
 *
 * @param rows parents stand before their rows
 * @param logProb log-probability of a row after its parent; undefined where it is not known, and the row stays
 */
export function survivingRows(
  rows: readonly { readonly parent: number }[],
  threshold: number,
  logProb: (row: number) => number | undefined,
): boolean[] {
  const least = Math.log(threshold);
  const survived: boolean[] = [];
  rows.forEach(({ parent }, row) => {
    const stays = parent === COMMITTED || (survived[parent] === true && !((logProb(row) ?? 0) < least));
    survived.push(stays);
  });
  return survived;
}
