import { COMMITTED, type PassRow } from "@anabranch/core";

/** The rows from the committed text down to `row`. */
export function pathTo(rows: readonly PassRow[], row: number): number[] {
  const path: number[] = [];
  for (let at = row; at !== COMMITTED; at = (rows[at] as PassRow).parent) path.unshift(at);
  return path;
}

/** A chain of tokens after the committed text. */
export function chain(tokens: readonly number[], row: Omit<PassRow, "token" | "parent"> = {}): PassRow[] {
  return tokens.map((token, index) => ({ ...row, token, parent: index - 1 }));
}

/** Tokens of a plan, within a vocabulary. */
export function tokensOf(numbers: readonly number[], vocabularySize: number): number[] {
  return numbers.map((number) => number % vocabularySize);
}
