import { InvalidArgumentError, UnknownTokenError } from "../errors/index.js";
import { PHRASE_WIDTH, type PhraseTable } from "../model/phrase-table.js";
import { pairOf } from "./pair.js";

/** What mostly follows. */
export interface Phrase {
  readonly token: number;
  /** Share of the counted places where it did. */
  readonly share: number;
}

/** A phrase table, ready to be asked. */
export class Phrases {
  /** By the row of the shorter context and the token before it. */
  readonly #longer = new Map<number, number>();

  /** @throws InvalidArgumentError for a broken row; UnknownTokenError for a token not in the vocabulary */
  constructor(
    readonly table: PhraseTable,
    vocabularySize: number,
  ) {
    const { rows } = table;
    if (rows.length % PHRASE_WIDTH !== 0) throw broken(`have ${rows.length} numbers, no multiple of ${PHRASE_WIDTH}`);
    for (let at = 0; at < rows.length; at += PHRASE_WIDTH) {
      const [shorter, token, next, share] = rows.subarray(at, at + PHRASE_WIDTH) as unknown as FourNumbers;
      const row = at / PHRASE_WIDTH;
      if (shorter < -1 || shorter >= row || share < 0 || share > 1000) throw broken(`have no context in row ${row}`);
      if (token < 0 || token >= vocabularySize || next < -1 || next >= vocabularySize) {
        throw new UnknownTokenError(
          `Row ${row} of the phrases names a token outside the vocabulary of ${vocabularySize}.`,
          {
            subject: "phrases",
            cure: "Use the adapter with the model that it was made for.",
          },
        );
      }
      this.#longer.set(pairOf(shorter, token), row);
    }
  }

  /**
   * What mostly follows the longest known context.
   *
   * @param before the token so many places before the end, from 0 on; undefined where the text begins
   */
  after(before: (places: number) => number | undefined): Phrase | undefined {
    const { rows } = this.table;
    let found: Phrase | undefined;
    let row = -1;
    for (let places = 0; ; places++) {
      const token = before(places);
      const longer = token === undefined ? undefined : this.#longer.get(pairOf(row, token));
      if (longer === undefined) return found;
      row = longer;
      const next = rows[PHRASE_WIDTH * row + 2] as number;
      if (next >= 0) found = { token: next, share: (rows[PHRASE_WIDTH * row + 3] as number) / 1000 };
    }
  }
}

type FourNumbers = readonly [number, number, number, number];

function broken(what: string): InvalidArgumentError {
  return new InvalidArgumentError(`The phrases ${what}.`, { subject: "phrases", cure: "Count them again." });
}
