/** Above every token id. */
const PAIR = 2 ** 26;

/** A place and a token id, or two token ids, as one number: a key for maps and sets. @param first a whole number from -1 on */
export function pairOf(first: number, token: number): number {
  return PAIR * first + token;
}
