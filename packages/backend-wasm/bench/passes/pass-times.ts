/** Rows of the passes that are measured. */
export const ROWS = [1, 2, 4, 6, 8, 12, 16];

/** Milliseconds by `ROWS`. */
export interface PassTimes {
  /** Fastest tenth of whole passes, the next token of every row asked for. */
  readonly pass: readonly number[];
  /** Fastest tenth of their matrix products alone. */
  readonly products: readonly number[];
}
