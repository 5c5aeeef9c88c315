import { UnknownTokenError } from "../../errors/index.js";
import type { Kernel } from "../kernel.js";
import { lengthOf, type ReferenceTensor, row, zeros } from "../tensor.js";

/** table: [vocabulary, hidden], tokens: [batch, rows] */
export const embed: Kernel<"embed"> = ([table, tokens]) => {
  const out = zeros([...tokens.shape, lengthOf(table, 1)]);
  for (let index = 0; index < tokens.data.length; index++)
    row(out, index).set(row(table, tokenAt(table, tokens, index)));
  return [out];
};

/** The index-th token, counted over all batches. @throws UnknownTokenError when the table has no row for it. */
export function tokenAt(table: ReferenceTensor, tokens: ReferenceTensor, index: number): number {
  const token = tokens.data[index] as number;
  if (token < 0 || token >= lengthOf(table, 0)) {
    throw new UnknownTokenError(`Token ${token} lies outside the vocabulary of ${lengthOf(table, 0)}.`);
  }
  return token;
}
