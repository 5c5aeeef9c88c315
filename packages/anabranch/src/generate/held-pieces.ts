import type { GeneratedToken } from "./generation.js";
import { StopStrings } from "./stop-strings.js";

/** Holds pieces back while their text may still become a stop string. */
export class HeldPieces {
  readonly #stops: StopStrings;
  #pieces: GeneratedToken[] = [];
  #stopped = false;

  /** @throws InvalidArgumentError for an empty stop string */
  constructor(stops: readonly string[]) {
    this.#stops = new StopStrings(stops);
  }

  /** True once a stop string is complete: nothing may follow the pieces that `push` gave then. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** @returns the pieces, in order, whose whole text is certain; when stopped, all that is left of the text. */
  push(piece: GeneratedToken): GeneratedToken[] {
    this.#pieces.push(piece);
    const { certain, stopped } = this.#stops.push(piece.text);
    this.#stopped = stopped;
    const released: GeneratedToken[] = [];
    let length = 0;
    for (const held of this.#pieces) {
      if (length + held.text.length > certain) break;
      length += held.text.length;
      released.push(held);
    }
    this.#pieces.splice(0, released.length);
    this.#stops.release(length);
    const [cut] = this.#pieces;
    if (!stopped || cut === undefined) return released;
    // The stop string begins inside this piece, or with it.
    if (certain > length) released.push({ ...cut, text: cut.text.slice(0, certain - length) });
    return released;
  }

  /** The text is over without a stop string. @returns what was held back */
  flush(): GeneratedToken[] {
    return this.#pieces.splice(0);
  }
}
