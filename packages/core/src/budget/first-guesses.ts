import { InvalidFileError } from "../errors/index.js";

/** How often the streams' first guess is right after a token, as counted over answers. JSON-safe. */
export interface FirstGuesses {
  /** Over all tokens. */
  readonly usual: number;
  /** Tokens that were there often enough to say. */
  readonly tokens: readonly number[];
  /** The share of right guesses after each of them. */
  readonly right: readonly number[];
  /** The share of right guesses of each further stream, from the second on, where those before it were right. */
  readonly further?: readonly number[];
}

/**
 * Reads them from parsed JSON.
 * @param source names where it was read, for errors.
 * @throws InvalidFileError
 */
export function parseFirstGuesses(value: unknown, source: string): FirstGuesses {
  const { usual, tokens, right, further } = (value ?? {}) as { [field in keyof FirstGuesses]?: unknown };
  const numbers = (list: unknown, good: (one: number) => boolean): list is number[] =>
    Array.isArray(list) && list.every((one) => typeof one === "number" && one >= 0 && good(one));
  const shares = (list: unknown): list is number[] => numbers(list, (one) => one <= 1);
  const ids = (list: unknown): list is number[] => numbers(list, Number.isSafeInteger);
  const byToken = ids(tokens) && shares(right) && right.length === tokens.length;
  if (shares([usual]) && byToken && (further === undefined || shares(further))) {
    return { usual: usual as number, tokens, right, ...(further && { further }) };
  }
  throw new InvalidFileError(`${source}: first guesses are a usual share, tokens, and as many shares from 0 to 1.`, {
    subject: source,
    cure: "Count them again.",
  });
}
