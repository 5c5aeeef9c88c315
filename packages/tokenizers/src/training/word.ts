/** A distinct word of the corpus as the symbols it is made of so far. */
export interface Word {
  symbols: readonly number[];
  readonly count: number;
}

/** Replaces each pair left, right by one symbol, from the left on. */
export function mergePair(symbols: readonly number[], left: number, right: number, merged: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      result.push(merged);
      i++;
    } else {
      result.push(symbols[i] as number);
    }
  }
  return result;
}
