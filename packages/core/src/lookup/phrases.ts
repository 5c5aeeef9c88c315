import { InvalidArgumentError, UnknownTokenError } from "../errors/index.js";
import { PHRASE_WIDTH, type PhraseTable } from "../model/phrase-table.js";

/** What mostly follows. */
export interface Phrase {
  readonly token: number;
  /** Share of the counted places where it did. */
  readonly share: number;
}

/** No row stands here. */
const FREE = -1;

/** A phrase table, ready to be asked. */
export class Phrases {
  /**
   * Rows by their shorter context and the token before it, each at the first free place from its hash on. A map of a hundred thousand keys
   * would be asked from memory: whatever the caches held, a pass has read its weights since.
   */
  readonly #places: Int32Array;

  /** @throws InvalidArgumentError for a broken row; UnknownTokenError for a token not in the vocabulary */
  constructor(
    readonly table: PhraseTable,
    vocabularySize: number,
  ) {
    const { rows } = table;
    if (rows.length % PHRASE_WIDTH !== 0) throw broken(`have ${rows.length} numbers, no multiple of ${PHRASE_WIDTH}`);
    this.#places = new Int32Array(2 ** Math.ceil(Math.log2(1 + (2 * rows.length) / PHRASE_WIDTH))).fill(FREE);
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
      this.#places[this.#placeOf(shorter, token)] = row;
    }
  }

  /** Where the row of a context stands, or would. */
  #placeOf(shorter: number, token: number): number {
    const { rows } = this.table;
    const mask = this.#places.length - 1;
    const hash = Math.imul(shorter + 1, 0x9e3779b1) + Math.imul(token, 0x85ebca6b);
    for (let place = (hash ^ (hash >>> 15)) & mask; ; place = (place + 1) & mask) {
      const at = PHRASE_WIDTH * (this.#places[place] as number);
      if (at < 0 || (rows[at] === shorter && rows[at + 1] === token)) return place;
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
      const longer = token === undefined ? FREE : (this.#places[this.#placeOf(row, token)] as number);
      if (longer === FREE) return found;
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
