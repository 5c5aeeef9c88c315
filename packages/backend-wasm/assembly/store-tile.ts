import { storeFirst } from "./lanes";

/** Stores a tile's 8 outputs of a row, or as many as are left of the row. */
@inline
export function storeTile(out: usize, first: v128, second: v128, left: usize): void {
  storeFirst(out, first, left);
  if (left > 4) storeFirst(out + 16, second, left - 4);
}
