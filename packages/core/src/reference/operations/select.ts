import { InvalidArgumentError } from "../../errors/index.js";
import type { Kernel } from "../kernel.js";
import { lengthOf, type ReferenceTensor, row, zeros } from "../tensor.js";

/** x: [batch, from, features], rows: [batch, m] */
export const select: Kernel<"select"> = ([x, rows]) => {
  const out = zeros([...rows.shape, lengthOf(x, -1)]);
  for (let index = 0; index < rows.data.length; index++) row(out, index).set(row(x, selectedRow(x, rows, index)));
  return [out];
};

/** Which vector of x the index-th entry of `rows` names, counted over all batches. */
export function selectedRow(x: ReferenceTensor, rows: ReferenceTensor, index: number): number {
  const batch = Math.floor(index / lengthOf(rows, 1));
  const chosen = rows.data[index] as number;
  if (chosen < 0 || chosen >= lengthOf(x, 1)) {
    throw new InvalidArgumentError(`Row ${chosen} is selected out of ${lengthOf(x, 1)} rows.`);
  }
  return batch * lengthOf(x, 1) + chosen;
}
