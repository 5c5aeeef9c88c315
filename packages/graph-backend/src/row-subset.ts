/** Which rows of a run make up a row set, and where in the set each stands. */
export interface RowSubset {
  readonly count: number;
  /** The rows in the set's order; undefined when the set is all rows as they stand. */
  readonly rows: readonly number[] | undefined;
  /** Place of a row in the set; -1 when it is not there. */
  indexOf(row: number): number;
}

export function allRows(count: number): RowSubset {
  return { count, rows: undefined, indexOf: (row) => row };
}

/** @param total rows of the run */
export function someRows(rows: readonly number[], total: number): RowSubset {
  const places = new Int32Array(total).fill(-1);
  rows.forEach((row, place) => {
    places[row] = place;
  });
  return { count: rows.length, rows, indexOf: (row) => places[row] as number };
}
