import { COMMITTED } from "../contract/pass.js";

interface HasParent {
  readonly parent: number;
}

/** Depth of each row below the committed text, 0 for rows that follow it directly. [rows] */
export function rowDepths(rows: readonly HasParent[]): Int32Array {
  const depths = new Int32Array(rows.length);
  rows.forEach(({ parent }, row) => {
    depths[row] = parent === COMMITTED ? 0 : (depths[parent] as number) + 1;
  });
  return depths;
}

/** Which rows a row sees among its own pass: its ancestors and itself. 1 at [row * rows + seen]. [rows, rows] */
export function rowVisibility(rows: readonly HasParent[]): Uint8Array {
  const count = rows.length;
  const sees = new Uint8Array(count * count);
  rows.forEach(({ parent }, row) => {
    if (parent !== COMMITTED) sees.copyWithin(row * count, parent * count, parent * count + parent + 1);
    sees[row * count + row] = 1;
  });
  return sees;
}
